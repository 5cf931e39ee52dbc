"""Cases in PostgreSQL: their list, and what colleagues do; `hub.storage.case_threads` reads a thread."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.desk.cases.rows import CaseRow
from hub.model import HUB_SOURCE, Event
from hub.model.casework import CaseNote, case_of_thread
from hub.model.pages import PageQuery, Rows
from hub.operations.cases.schemas import CaseProgress
from hub.ports.cases import CaseFilter
from hub.rendering.titles_es import event_title
from hub.storage.casework import ASLEEP, ESCALATED, LATEST, THREAD, newest_of
from hub.storage.database import Database, beside, read, row_of, storable
from hub.storage.events import event_of
from hub.storage.filters import listed
from hub.storage.paging import cursor, rows_page

_SQL: Final = {name: text.replace("<thread>", THREAD) for name, text in beside(__file__).items()}
FIRST: Final = PageQuery()
_OF_A_NOTE: Final = ("id", "case_key", "by", "kind", "words", "about", "told")


async def cases(db: Database, asked: CaseFilter, query: PageQuery = FIRST) -> Rows[CaseRow]:
    """List cases, that of the newest event first. Raises StorageRefused for a foreign cursor."""
    _, before = cursor(query.after, LATEST)
    values: list[object] = [before, query.limit + 1, listed(asked.places), ESCALATED]
    statement = _SQL["cases"].format(newest=newest_of(asked, values))
    return rows_page(
        await db.rows(statement, *values),
        query.limit,
        "last_at",
        lambda row: read(
            CaseRow,
            row,
            number=row["radicado"] or row["case"].partition(":")[2],
            title=event_title(row["first_type"] or "") or "Caso",
            last=event_title(row["last_type"]),
            state=_progress(row),
        ),
    )


def _progress(row: Record) -> CaseProgress:
    if not row["promises"]:
        return CaseProgress.NO_PROMISES
    return CaseProgress.OPEN if row["running"] else CaseProgress.CLOSED


async def add_note(db: Database, note: CaseNote) -> None:
    """Store a line of a case's thread; the same id again changes nothing."""
    untold = [storable(name) for name in note.untold]
    await db.rows(_SQL["add_note"], *row_of(note, _OF_A_NOTE), untold, note.at)


async def event_of_reply(db: Database, reply_id: UUID) -> Event | None:
    """Return the event by which a reply was published; None before that, or once its month was dropped."""
    rows = await db.rows(_SQL["event_of_reply"], str(reply_id), HUB_SOURCE)
    return event_of(rows[0]).event if rows else None


async def split(db: Database, reply_id: UUID, thread: str) -> None:
    """Put a reply into another thread, in which it is answered."""
    await db.rows(_SQL["split"], reply_id, thread, case_of_thread(thread))


async def merge(db: Database, case: str, into: str, *, by: str, was_open: bool) -> bool:
    """Let a case go on in another; false if either is joined with some case already."""
    async with db.transaction() as run:
        await run.rows(_SQL["one_merge"])
        return bool(await run.rows(_SQL["merge"], storable(case), storable(into), storable(by), was_open))


async def separate(db: Database, case: str, into: str) -> bool:
    """Take a case out of the thread of another; false if it was not in it."""
    return bool(await db.rows(_SQL["separate"], storable(case), storable(into)))


async def snooze(db: Database, case: str, until: datetime, *, by: str, at: datetime) -> None:
    """Let a case sleep until then; what comes after `at` wakes it."""
    await db.rows(_SQL["snooze"], storable(case), until, storable(by), at)


async def wake(db: Database, case: str) -> bool:
    """Return whether the case was asleep, or was to be."""
    return bool(await db.rows(_SQL["wake"], storable(case)))


async def asleep_until(db: Database, case: str) -> datetime | None:
    """Return until when the case sleeps; None if it is awake."""
    rows = await db.rows(_SQL["asleep"].format(asleep=ASLEEP.format(of="of")), storable(case))
    return rows[0]["until"] if rows else None


async def withdraw_note(db: Database, note_id: UUID, case: str, *, by: str) -> bool:
    """Take the words of a note away; false if it is not this author's."""
    return bool(await db.rows(_SQL["withdraw_note"], note_id, storable(case), storable(by)))
