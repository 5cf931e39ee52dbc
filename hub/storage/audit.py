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
        given = note.id, note.at, *words, encode(note.detail), storable(note.person)
        await self._database.rows(_SQL["add_note"], *given)

    async def notes(self, *, after: str | None, limit: int, person: str | None = None) -> Page:
        """List them, newest first; of a person also what systems told of him by events."""
        asked = *cursor(after), limit + 1
        if person is None:
            return page(await self._database.rows(_SQL["notes"], *asked), limit, "at")
        rows = await self._database.rows(_SQL["notes_of"], *asked, storable(person))
        return page(rows, limit, "at")
