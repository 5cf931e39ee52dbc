"""Pauses in PostgreSQL, as staff makes and ends them; `hub.storage.pauses` has the way's half."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hub.desk.channels.rows import HeldRow, PauseRow, WaitingRow
from hub.storage.database import Database, beside, read

_SQL = beside(__file__)


async def pauses(db: Database) -> list[PauseRow]:
    """List pauses by their subject."""
    return [read(PauseRow, row) for row in await db.rows(_SQL["list"])]


async def pause(db: Database, subject: str, *, by: str, reason: str, ends_at: datetime | None = None) -> bool:
    """Pause; return false, and change nothing, if the subject was already paused."""
    return bool(await db.rows(_SQL["pause"], subject, by, reason, ends_at))


async def resume(db: Database, subject: str) -> bool:
    """Remove the pause; return false if there was none."""
    return bool(await db.rows(_SQL["resume"], subject))


async def held(db: Database) -> list[HeldRow]:
    """Count the messages held for pauses."""
    return [read(HeldRow, row) for row in await db.rows(_SQL["held"])]


async def urgent(db: Database, subject: str) -> int:
    """Count the unsent messages of the urgent lane that a pause of the subject holds back."""
    return await _count(db, "urgent", subject)


async def unsent(db: Database) -> list[WaitingRow]:
    """Count the messages that a pause of everything holds back."""
    return [read(WaitingRow, row) for row in await db.rows(_SQL["unsent"])]


async def due_steps(db: Database) -> int:
    """Count the clocks of which a step is due: it falls when the pause of everything ends."""
    return await _count(db, "due_steps")


async def cancelling(db: Database) -> UUID | None:
    """Return the bulk run that cancels what the copy of a restored hub had planned; None if none does."""
    rows = await db.rows(_SQL["cancelling"])
    return rows[0]["id"] if rows else None


async def _count(db: Database, name: str, *given: object) -> int:
    [row] = await db.rows(_SQL[name], *given)
    return int(row["n"])
