"""Letters and batches in PostgreSQL, as an office has them; `hub.storage.letters` has the way's half."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from hub.desk.letters.rows import (
    BatchesQuery,
    BatchLetter,
    LetterBuilding,
    LetterRow,
    LettersQuery,
    LetterWhole,
    MadeBatch,
    MissingLetter,
    PrintBatch,
    PrintedLetter,
)
from hub.errors import NothingToPrint, TooLate
from hub.model import PropertyScope, State, StoredEvent
from hub.model.ids import uuid8
from hub.model.letters import POSTED, Home, LetterState, OpenLetter, states_of
from hub.model.pages import Rows
from hub.model.state_machine import sources
from hub.people.letter_places import in_printing_order
from hub.storage import events, posters
from hub.storage.database import Database, Runner, beside, read, storable, write
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)
MOST: Final = 500
"""Letters of one batch: few enough for one person to hand out, and for a PDF in a minute."""
_BY_HAND: Final = "hub"
_TO_DO: Final = (
    "Esta persona debe recibir un documento en papel. Imprímalo, entrégueselo y registre la entrega."
)
_TO_PRINT: Final = ("Documento por imprimir y entregar", _TO_DO, f"<p>{_TO_DO}</p>")
"""The words in place of a letter whose document is a link: subject, text, page."""
_DELIVERED: Final = "It was delivered before. Look at it: `hub letters show`, GET /api/letters/{id}."
_EVER: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=0))
CANCELLED: Final = "The batch was cancelled: its letters are open again. Make another one."
_PRINTED: Final = "The batch is marked as printed, so its letters are on paper. Post them or hand them over."
_ON_ITS_WAY: Final = "A letter of the batch is posted or delivered: mark the batch as printed instead."
_NOT_ON_PAPER: Final = frozenset({LetterState.BATCHED})
"""The state of each letter of a batch that may be cancelled."""


async def letters(db: Database, query: LettersQuery, places: PropertyScope = None) -> Rows[LetterRow]:
    """
    List letters, newest first, without name and text.

    A message whose document staff must print itself (`document_not_printed`) is listed, shown, posted and
    handed over like a letter, and is in no batch.
    """
    states = states_of(query.state, query.handed_over)
    asked = listed(places), storable(query.copropiedad), states, _TO_PRINT[0]
    return await rows_of(LetterRow, db, _SQL["letters"], query, *asked, by="created_at")


async def buildings(db: Database, places: PropertyScope = None) -> list[LetterBuilding]:
    """Count the waiting letters of each copropiedad; one without any is left out."""
    return [read(LetterBuilding, row) for row in await db.rows(_SQL["buildings"], listed(places))]


async def count(db: Database, places: PropertyScope) -> int:
    """Count the letters to be printed or handed over."""
    found = await buildings(db, places)
    return sum(one.open + one.batched + one.printed + one.documents for one in found)


async def letter(db: Database, letter_id: UUID, places: PropertyScope = None) -> LetterWhole | None:
    """Return a letter with name, text and the page to print."""
    rows = await db.rows(_SQL["show"], letter_id, listed(places), *_TO_PRINT)
    return read(LetterWhole, rows[0]) if rows else None


async def event_of(db: Database, letter_id: UUID) -> StoredEvent | None:
    """Return the event of a letter; None if the letter or its message does not exist."""
    rows = await db.rows(_SQL["event"], letter_id)
    return events.event_of(rows[0]) if rows else None


async def without_page(db: Database, event_key: UUID) -> list[UUID]:
    """List the letters of an event that wait for its document."""
    return [row["id"] for row in await db.rows(_SQL["without_page"], event_key)]


async def hand_over(db: Database, letter_id: UUID, places: PropertyScope = None) -> bool | None:
    """
    Mark a letter as handed over: its message becomes `delivered`, with an attempt that records it.

    Return false if it was marked before, None if there is no such letter.
    """
    before = sorted(sources(State.DELIVERED))
    rows = await db.rows(_SQL["hand_over"], letter_id, before, _BY_HAND, listed(places), POSTED)
    return rows[0]["changed"] if rows else None


async def post(db: Database, letter_id: UUID, guide: str, places: PropertyScope = None) -> bool | None:
    """
    Mark a letter as posted, with an attempt that has the number of its guide. Another guide corrects it.

    Return false if it was marked with this guide before, None if there is no such letter. Raises TooLate
    if it was delivered.
    """
    rows = await db.rows(_SQL["post"], letter_id, guide, _BY_HAND, listed(places), POSTED)
    if rows and rows[0]["delivered"]:
        raise TooLate(_DELIVERED)
    return rows[0]["changed"] if rows else None


async def make_batch(
    db: Database, copropiedad_id: str | None, *, by: str, size: str, now: datetime
) -> MadeBatch:
    """
    Make a batch of the letters that are open there, by tower and unit, people without a unit last.

    A letter is in one batch at most; a recalled one is deleted, and so leaves its batch. Where nothing is
    open: the newest batch that is not printed. Raises NothingToPrint if there is none.
    """
    async with db.transaction() as run:
        await run.rows(_SQL["alone"], copropiedad_id)
        found = [read(OpenLetter, row) for row in await run.rows(_SQL["open"], copropiedad_id, MOST)]
        if not found:
            return await _made_before(run, copropiedad_id)
        homes = await _homes(run, [one.id for one in found])
        placed = in_printing_order(found, homes)
        made = uuid8(now, "print_batch", uuid4().hex)
        rows = await run.rows(_SQL["without_letter"], copropiedad_id, MOST)
        missing = [row["id"] for row in rows]
        await run.rows(_SQL["add_batch"], made, copropiedad_id, now, by, size, len(placed), missing)
        taken = [(one.id, at, one.place, one.large) for at, one in enumerate(placed, start=1)]
        await write(run, _SQL["take"], taken, made)
        await posters.take(run, made, copropiedad_id)
        [left] = await run.rows(_SQL["left"], copropiedad_id)
        return MadeBatch(batch=made, made=True, left=left["n"])


async def batches(db: Database, query: BatchesQuery, places: PropertyScope = None) -> Rows[PrintBatch]:
    """List batches, newest first."""
    asked = listed(places), storable(query.copropiedad), None
    return await rows_of(PrintBatch, db, _SQL["batches"], query, *asked, by="made_at")


async def batch(db: Database, batch_id: UUID, places: PropertyScope = None) -> PrintBatch | None:
    rows = await db.rows(_SQL["batches"], *_EVER, 1, listed(places), None, batch_id)
    return read(PrintBatch, rows[0]) if rows else None


async def letters_of(db: Database, batch_id: UUID) -> list[BatchLetter]:
    """List the letters of a batch in the order of printing, without names and texts."""
    return [read(BatchLetter, row) for row in await db.rows(_SQL["letters_of"], batch_id)]


async def printed_letters(db: Database, batch_id: UUID) -> list[PrintedLetter]:
    """Return the letters of a batch as they are set on paper, in the order of printing."""
    rows = await db.rows(_SQL["on_paper"].format(column="batch_id"), batch_id)
    return [read(PrintedLetter, row) for row in rows]


async def printed_letter(db: Database, letter_id: UUID) -> PrintedLetter | None:
    """Return one letter as it is set on paper, whether or not it is in a batch."""
    rows = await db.rows(_SQL["on_paper"].format(column="id"), letter_id)
    return read(PrintedLetter, rows[0]) if rows else None


async def missing_of(db: Database, batch_id: UUID) -> list[MissingLetter]:
    """Return the documents that staff had to print itself when the batch was made."""
    rows = await db.rows(_SQL["missing"], batch_id)
    homes = await _homes(db, [row["id"] for row in rows])
    return [read(MissingLetter, row, homes=homes.get(row["id"], ())) for row in rows]


async def mark_printed(db: Database, batch_id: UUID) -> bool:
    """Mark a batch and its letters as printed; false if it was before. Raises TooLate if cancelled."""
    async with db.transaction() as run:
        [found] = await run.rows(_SQL["lock"], batch_id)
        if found["cancelled"]:
            raise TooLate(CANCELLED)
        if not found["printed"]:
            await run.rows(_SQL["lock_letters"], batch_id)
            await run.rows(_SQL["printed"], batch_id)
            await posters.batch_printed(run, batch_id)
        return not found["printed"]


async def cancel(db: Database, batch_id: UUID) -> bool:
    """
    Open the letters of a batch again; false if it was cancelled before.

    Raises TooLate if any of them is printed, posted or delivered.
    """
    async with db.transaction() as run:
        [found] = await run.rows(_SQL["lock"], batch_id)
        if found["printed"]:
            raise TooLate(_PRINTED)
        states = {LetterState(row["state"]) for row in await run.rows(_SQL["lock_letters"], batch_id)}
        if states - _NOT_ON_PAPER:
            raise TooLate(_ON_ITS_WAY)
        if not found["cancelled"]:
            await run.rows(_SQL["cancel"], batch_id)
            await posters.leave_batch(run, batch_id)
        return not found["cancelled"]


async def _made_before(run: Runner, copropiedad_id: str | None) -> MadeBatch:
    """Return the batch that somebody made a moment ago, or one that nobody has printed."""
    rows = await run.rows(_SQL["unprinted"], copropiedad_id)
    if not rows:
        raise NothingToPrint
    return MadeBatch(batch=rows[0]["id"], made=False)


async def _homes(run: Runner, ids: Collection[UUID]) -> Mapping[UUID, list[Home]]:
    found: defaultdict[UUID, list[Home]] = defaultdict(list)
    for row in await run.rows(_SQL["homes"], list(ids)):
        found[row["letter"]].append(read(Home, row))
    return found
