"""Preferences and marks in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.contact_rules.preferences import barred_by
from hub.model import MarkEntry, MarkReason, PreferenceEntry, PropertyScope, RefusedEvents
from hub.storage.database import Runner, Store, encode, load, read, storable
from hub.storage.filters import listed

_SQL = load("preferences")


async def marks_of(run: Runner, person: str) -> Sequence[MarkEntry]:
    """Return all marks of a person, newest first, also those that have ended."""
    return [read(MarkEntry, row) for row in await run.rows(_SQL["marks"], storable(person))]


class PostgresPreferences(Store):
    """The PreferenceStore."""

    marks = marks_of

    async def latest(self, person: str) -> PreferenceEntry | None:
        rows = await self.rows(_SQL["latest"], storable(person))
        return read(PreferenceEntry, rows[0]) if rows else None

    async def history(self, person: str, *, limit: int) -> Sequence[PreferenceEntry]:
        rows = await self.rows(_SQL["history"], storable(person), limit)
        return [read(PreferenceEntry, row) for row in rows]

    async def keep(self, entry: PreferenceEntry) -> bool:
        how = storable(entry.by), storable(entry.way), encode(entry.wishes)
        return bool(
            await self.rows(_SQL["keep"], storable(entry.person), entry.version, entry.at, *how),
        )

    async def stopped(
        self, person: str, *, limit: int, places: PropertyScope = None
    ) -> Sequence[RefusedEvents]:
        rows = await self.rows(_SQL["stopped"], storable(person), limit, listed(places))
        return [read(RefusedEvents, row) for row in rows]

    async def mark(self, entry: MarkEntry) -> None:
        person = storable(entry.person)
        what = entry.reason, entry.since, entry.until, storable(entry.by), storable(entry.note)
        async with self._database.transaction() as run:
            await run.rows(_SQL["mark"], entry.id, person, *what)
            await run.rows(_SQL["letters"], person, sorted(barred_by(entry.reason)))

    async def end_marks(self, person: str, reason: MarkReason | None, *, at: datetime, by: str) -> int:
        ended = await self.rows(_SQL["end_marks"], storable(person), at, storable(by), reason)
        return len(ended)
