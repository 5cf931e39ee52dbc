"""Posters of notice boards: make their pages once, print them, record where they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from hub.model import PropertyScope, Rendered
from hub.model.posters import PosterPage, PosterSource, PosterStep
from hub.ports import PosterStore

SetPage = Callable[[PosterPage], Awaitable[bytes]]
"""Sets the page of a poster as a PDF. May raise PaperFailure."""
RenderPoster = Callable[[PosterSource], Rendered]
"""Renders a poster with the texts of now. May raise TemplateFailure."""
FILE: Final = "cartel-{id}.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posters:
    """
    What makes posters.

    A page is made when it is asked for first, and stored: whoever has printed it has printed these words.
    """

    store: PosterStore
    render: RenderPoster
    set_page: SetPage
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One PDF at a time in a process: each is made by a child of its own."""

    async def page(self, poster_id: UUID, places: PropertyScope = None) -> PosterPage | None:
        """Return the page of a poster; None if there is no such poster."""
        source = await self.store.source(poster_id, places)
        if source is None or source.page is not None:
            return None if source is None else source.page
        rendered = self.render(source)
        html = rendered.html
        page = PosterPage(title=rendered.subject, html=html, sha256=sha256(html.encode()).digest())
        # Who made it at the same moment may have been first: what is stored counts.
        return await self.store.keep_page(poster_id, page)

    async def record(
        self, poster_id: UUID, step: PosterStep, *, by: str, places: PropertyScope = None
    ) -> bool | None:
        """
        Record a step as the store does. What is on paper has a page: whoever asks later sees what hung.

        May raise TemplateFailure.
        """
        if step is not PosterStep.TAKEN_DOWN:
            await self.page(poster_id, places)
        return await self.store.record(poster_id, step, by=by, places=places)

    async def of_batch(self, batch_id: UUID) -> list[PosterPage]:
        """Return the pages of the posters that a batch of letters begins with."""
        pages = [await self.page(poster_id) for poster_id in await self.store.of_batch(batch_id)]
        return [page for page in pages if page is not None]

    async def pdf(self, poster_id: UUID, places: PropertyScope = None) -> bytes | None:
        """Return the PDF of a poster; None if there is no such poster. May raise PaperFailure."""
        page = await self.page(poster_id, places)
        if page is None:
            return None
        async with self._turn:
            return await self.set_page(page)
