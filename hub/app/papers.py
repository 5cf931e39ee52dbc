"""Printers with the company's texts: constancias, exports of people, posters, letters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from hub import storage
from hub.access.document_keys import document_keys
from hub.app.company import CompanyRules
from hub.app.openers import Opener, Store
from hub.model import Rendered
from hub.model.posters import PosterPage, PosterSource
from hub.operations.constancia.make import Constancias
from hub.operations.letters import LetterPrinter
from hub.operations.person_export.make import PersonExports
from hub.operations.posters import Posters
from hub.rendering.paper import make_pdf
from hub.rendering.paper.pages import Sheet, make_pages
from hub.resilience.database_time import NOW
from hub.settings import Settings


def constancias_of(database: storage.Database, company: CompanyRules) -> Constancias:
    """Return the maker of constancias, signed with the key of the hub's first secret."""
    return Constancias(
        threads=storage.PostgresCases(database),
        store=storage.PostgresConstancias(database),
        calendar=company.policy.calendar,
        company=company.policy.company.name,
        pdf=make_pdf,
        look=company.look,
        key=lambda: document_keys(company.ring)[0],
    )


def person_exports_of(database: storage.Database, company: CompanyRules) -> PersonExports:
    """Return the sources of an export of a person's data."""
    return PersonExports(
        held=storage.PostgresPersonExport(database),
        directory=storage.PostgresDirectoryHistory(database),
        threads=storage.PostgresCases(database),
        said=storage.PostgresConstancias(database),
        audit=storage.PostgresAudit(database),
        company=company.policy.company.name,
    )


def posters_of(database: storage.Database, company: CompanyRules) -> Posters:
    """Return the maker of posters, with the present texts and the company's paper."""

    def render(poster: PosterSource) -> Rendered:
        return company.templates.render_board(poster, company.poster_links.of(poster.id))

    async def set_page(page: PosterPage) -> bytes:
        size = company.policy.paper.size
        made = await make_pages([Sheet(html=page.html)], size=size, at=NOW(), title=page.title)
        return made.pdf

    return Posters(store=storage.PostgresPosters(database), render=render, set_page=set_page)


def letter_printer_of(database: storage.Database, company: CompanyRules) -> LetterPrinter:
    """Return the printer of letters."""
    return LetterPrinter(
        store=storage.PostgresBatches(database),
        documents=storage.PostgresDocuments(database),
        make=make_pages,
        posters=posters_of(database, company).of_batch,
        size=company.policy.paper.size,
    )


def _company_opener(make: Callable[[storage.Database, CompanyRules], Store]) -> Opener[Store]:
    """Return an opener for commands that need the company's rules besides the database."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Store]:
        async with storage.Database(settings.database_url.reveal(), size=2) as database:
            yield make(database, CompanyRules(settings))

    return opened


open_constancias: Final = _company_opener(constancias_of)
open_posters: Final = _company_opener(posters_of)
open_letter_printer: Final = _company_opener(letter_printer_of)
open_person_exports: Final = _company_opener(person_exports_of)
