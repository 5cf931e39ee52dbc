"""Poster pages: made when somebody first asks, then kept, and set as PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from hub.model import PropertyScope
from hub.model.posters import PosterPage
from hub.parts.company import CompanyRules
from hub.rendering.paper.pages import Sheet, make_pages
from hub.resilience.database_time import NOW
from hub.storage import posters
from hub.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterPages:
    """
    The pages of posters, with the texts of now and the company's paper.

    A page is kept from the first time on: each printout of it has the same words. All may raise
    TemplateFailure and PaperFailure.
    """

    database: Database
    company: CompanyRules
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One PDF at a time in a process: each is made by a child of its own."""

    async def page(self, poster_id: UUID, places: PropertyScope = None) -> PosterPage | None:
        """Return the page of a poster; None if there is no such poster."""
        source = await posters.source(self.database, poster_id, places)
        if source is None or source.page is not None:
            return None if source is None else source.page
        rendered = self.company.templates.render_board(source, self.company.poster_links.of(source.id))
        html = rendered.html
        page = PosterPage(title=rendered.subject, html=html, sha256=sha256(html.encode()).digest())
        # Another caller may have made it at the same moment, and first: the stored page counts.
        return await posters.keep_page(self.database, poster_id, page)

    async def of_batch(self, batch_id: UUID) -> Sequence[PosterPage]:
        """Return the pages of the posters that a batch of letters begins with."""
        made = [await self.page(poster_id) for poster_id in await posters.of_batch(self.database, batch_id)]
        return [page for page in made if page is not None]

    async def pdf(self, page: PosterPage) -> bytes:
        """Set a page as a PDF."""
        size = self.company.policy.paper.size
        async with self._turn:
            made = await make_pages([Sheet(html=page.html)], size=size, at=NOW(), title=page.title)
        return made.pdf
