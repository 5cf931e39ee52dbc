"""Notes of who did what, as rows."""

from __future__ import annotations

from hub.model import Note
from hub.ports import Page
from hub.storage.database import Database, encode, storable
from hub.storage.paging import cursor, page
from hub.storage.queries import load

_SQL = load("keys")


class PostgresAudit:
    """The AuditStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, note: Note) -> None:
        """Keep a note."""
        words = (storable(note.who), storable(note.action), storable(note.subject))
        await self._database.rows(_SQL["add_note"], note.id, note.at, *words, encode(note.detail))

    async def notes(self, *, after: str | None, limit: int) -> Page:
        """List them, newest first."""
        rows = await self._database.rows(_SQL["notes"], *cursor(after), limit + 1)
        return page(rows, limit, "at")
