"""
Printing of letters.

    a batch ▸ posters of the building ▸ its letters, in the order of a walk through it ▸ their documents
    ▸ cover ▸ one PDF

The same state of a batch gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.desk.letters import queries
from hub.desk.letters.rows import LetterWhole, MissingLetter, PrintBatch, PrintedLetter
from hub.errors import NothingToPrint, TooLate
from hub.model.documents import LinkedDocument
from hub.model.letters import PaperSize
from hub.model.posters import PosterPage
from hub.parts.stores import Stores
from hub.people.letter_places import home_of, place_of
from hub.rendering.filters import NBSP, fecha_hora
from hub.rendering.paper.pages import Cover, CoverLine, Printout, Sheet, make_pages
from hub.rendering.titles_es import EVENTS

_TITLE: Final = "Cartas por entregar"
_NO_UNIT: Final = "Sin unidad"
_NO_BUILDING: Final = "Sin copropiedad"
_WITH_DOCUMENT: Final = "Con documento"
_BY_HAND: Final = "Imprima el documento y agréguelo."
_NO_PAGE: Final = (
    "Letter {id} has no page: its document is at a link. Print that, then `hub letters done {id}`."
)
_WITHDRAWN: Final = "All letters of the batch were withdrawn: there is nothing to print."
MOST_BYTES: Final = 128 << 20
"""The size of all documents in a PDF: five hundred of ten megabytes would fill the memory of the role web."""
_APART: Final = LinkedDocument(kind="", name="", content=b"")
"""Stands for a document that is not printed with its letter, which then says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPages:
    """A PDF, and the people whose data it shows. `apart` is the number of documents to be printed besides."""

    content: bytes
    people: Sequence[str]
    letters: int
    posters: int = 0
    apart: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBatch:
    """The PDF of a batch, and the number of documents that staff must print besides."""

    batch: PrintBatch
    posters: Sequence[PosterPage]
    letters: Sequence[PrintedLetter]
    missing: Sequence[MissingLetter]


async def batch_on_paper(stores: Stores, batch: PrintBatch, *, most_bytes: int = MOST_BYTES) -> PrintedPages:
    """
    Make the PDF of a batch, with its cover. Raises TooLate, NothingToPrint, PaperFailure.

    One at a time in a process: five hundred letters are long work.
    """
    if batch.cancelled_at is not None:
        raise TooLate(queries.CANCELLED)
    async with stores.printing:
        letters = await queries.printed_letters(stores.database, batch.id)
        if not letters:
            raise NothingToPrint(_WITHDRAWN)
        content = PrintedBatch(
            batch=batch,
            posters=await stores.poster_pages.of_batch(batch.id),
            letters=letters,
            missing=await queries.missing_of(stores.database, batch.id),
        )
        made = await _bound(content, await _sheets(stores, letters, most_bytes))
    return PrintedPages(
        content=made.pdf,
        people=_people((*letters, *content.missing)),
        letters=len(letters),
        posters=len(content.posters),
        apart=len(content.missing) + len(made.apart),
    )


async def letter_on_paper(stores: Stores, letter: LetterWhole) -> bytes:
    """Make the PDF of one letter with its document. Raises NothingToPrint, PaperFailure."""
    async with stores.printing:
        printed = await queries.printed_letter(stores.database, letter.id)
        if printed is None:
            raise NothingToPrint(_NO_PAGE.format(id=letter.id))
        sheets, size = await _sheets(stores, [printed], MOST_BYTES), stores.policy.paper.size
        made = await make_pages(sheets, size=size, at=letter.created_at, title=printed.subject)
    return made.pdf


async def _bound(content: PrintedBatch, letters: Sequence[Sheet]) -> Printout:
    """Set cover, posters and letters."""
    posters = [Sheet(html=page.html) for page in content.posters]
    batch = content.batch
    return await make_pages(
        [*posters, *letters],
        size=PaperSize(batch.size),
        at=batch.made_at,
        title=f"{_TITLE}: {_place(batch)}",
        cover=lambda apart: _cover(content, _of_letters(apart, posters)),
    )


async def _sheets(stores: Stores, letters: Sequence[PrintedLetter], most_bytes: int) -> list[Sheet]:
    """Gather the sheets in their order: each letter with its document."""
    documents = await _documents(stores, letters, most_bytes)
    return [
        Sheet(
            html=letter.html,
            large=letter.large,
            document=documents.get(letter.sha256, _APART) if letter.sha256 is not None else None,
        )
        for letter in letters
    ]


async def _documents(
    stores: Stores, letters: Iterable[PrintedLetter], room: int
) -> Mapping[bytes, LinkedDocument]:
    """Read each document once, for the letters of a building share it, while there is room for it."""
    found: dict[bytes, LinkedDocument] = {}
    for sha256, letter in {one.sha256: one for one in letters if one.sha256 is not None}.items():
        if letter.length > room:
            continue
        content = await stores.documents.content(sha256)
        if content is not None:
            found[sha256] = LinkedDocument(kind=letter.kind, name=letter.document, content=content)
            room -= len(content)
    return found


def _of_letters(places: Iterable[int], posters: Collection[Sheet]) -> frozenset[int]:
    """Turn places among all sheets into places among the letters, which follow the posters."""
    return frozenset(place - len(posters) for place in places)


def _cover(content: PrintedBatch, apart: Collection[int]) -> Cover:
    batch = content.batch
    return Cover(
        title=_TITLE,
        place=_place(batch),
        made=_made(batch),
        posters=tuple(page.title for page in content.posters),
        lines=tuple(_line(letter, apart=at in apart) for at, letter in enumerate(content.letters)),
        missing=tuple(_missing(document) for document in content.missing),
    )


def _place(batch: PrintBatch) -> str:
    return batch.copropiedad or batch.copropiedad_id or _NO_BUILDING


def _made(batch: PrintBatch) -> str:
    """
    Return when the batch was made, and how many letters were withdrawn; the cover counts its lines itself.
    """
    when = fecha_hora(batch.made_at).replace(NBSP, " ")
    said = f"Lote hecho el {when}"
    if not batch.withdrawn:
        return said
    gone = "1 carta se retiró" if batch.withdrawn == 1 else f"{batch.withdrawn} cartas se retiraron"
    return f"{said} · {gone} después de hacer el lote"


def _line(letter: PrintedLetter, *, apart: bool) -> CoverLine:
    with_document = _WITH_DOCUMENT if letter.sha256 is not None else ""
    note = _BY_HAND if apart else with_document
    return CoverLine(where=letter.place or _NO_UNIT, name=letter.name, what=letter.subject, note=note)


def _missing(document: MissingLetter) -> CoverLine:
    return CoverLine(
        where=place_of(home_of(document.homes)) or _NO_UNIT,
        name=document.name,
        what=EVENTS.get(document.event, document.event),
    )


def _people(shown: Iterable[PrintedLetter | MissingLetter]) -> list[str]:
    return list(dict.fromkeys(item.person for item in shown))
