"""Preferences and marks in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.contact_rules.preferences import barred_by
from hub.model import MarkEntry, MarkReason, PreferenceEntry, PropertyScope, RefusedEvents
from hub.storage.database import Runner, Store, encode, load, read, read_first, storable
from hub.storage.filters import listed

_SQL = load("preferences")


async def marks_of(run: Runner, person: str) -> Sequence[MarkEntry]:
    """Return all marks of a person, newest first, also those that have ended."""
    return [read(MarkEntry, row) for row in await run.rows(_SQL["marks"], storable(person))]


class PostgresPreferences(Store):
    """Each change of preferences is kept; a mark is kept after its end."""

    marks = marks_of

    async def latest(self, person: str) -> PreferenceEntry | None:
        """Return the preferences in force; None if the person has never set any."""
        return read_first(PreferenceEntry, await self.rows(_SQL["latest"], storable(person)))

    async def history(self, person: str, *, limit: int) -> Sequence[PreferenceEntry]:
        """Return the newest changes, newest first."""
        rows = await self.rows(_SQL["history"], storable(person), limit)
        return [read(PreferenceEntry, row) for row in rows]

    async def keep(self, entry: PreferenceEntry) -> bool:
        """Keep a change; False if its version is taken. Notices that wait for a digest are judged anew."""
        how = storable(entry.by), storable(entry.way), encode(entry.wishes)
        return bool(
            await self.rows(_SQL["keep"], storable(entry.person), entry.version, entry.at, *how),
        )

    async def stopped(
        self, person: str, *, limit: int, places: PropertyScope = None
    ) -> Sequence[RefusedEvents]:
        """Return the events that were not sent to the person because of a mark, newest first."""
        rows = await self.rows(_SQL["stopped"], storable(person), limit, listed(places))
        return [read(RefusedEvents, row) for row in rows]

    async def mark(self, entry: MarkEntry) -> None:
        """Keep a mark, and cancel the letters that it stops and that are not posted yet; safe to repeat."""
        person = storable(entry.person)
        what = entry.reason, entry.since, entry.until, storable(entry.by), storable(entry.note)
        async with self._database.transaction() as run:
            await run.rows(_SQL["mark"], entry.id, person, *what)
            await run.rows(_SQL["letters"], person, sorted(barred_by(entry.reason)))

    async def end_marks(self, person: str, reason: MarkReason | None, *, at: datetime, by: str) -> int:
        """End the marks in force, of one reason or all; return how many."""
        ended = await self.rows(_SQL["end_marks"], storable(person), at, storable(by), reason)
        return len(ended)
