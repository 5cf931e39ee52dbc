"""Preferences and marks in memory, in the directory of the memory store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from hub.model import Mark, MarkEntry, MarkReason, PreferenceEntry, PropertyScope, RefusedEvents
from hub.testing.store import MemoryStore


class MemoryPreferences:
    """
    `hub.ports.PreferenceStore`, without the events that a mark has stopped and the notices that wait for a
    digest.

    It has no clock: a mark whose end has come is still shown, and the verdict looks at its end.
    """

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._changes: dict[tuple[str, int], PreferenceEntry] = {}
        self._marks: list[MarkEntry] = []

    async def latest(self, person: str) -> PreferenceEntry | None:
        return next(iter(await self.history(person, limit=1)), None)

    async def history(self, person: str, *, limit: int) -> Sequence[PreferenceEntry]:
        mine = [entry for entry in self._changes.values() if entry.person == person]
        return sorted(mine, key=lambda entry: entry.version, reverse=True)[:limit]

    async def keep(self, entry: PreferenceEntry) -> bool:
        if self._changes.setdefault((entry.person, entry.version), entry) is not entry:
            return False
        directory = self._store.tables.directory
        directory.preferences = {**directory.preferences, entry.person: entry.wishes}
        return True

    async def marks(self, person: str) -> Sequence[MarkEntry]:
        return [mark for mark in reversed(self._marks) if mark.person == person]

    async def stopped(
        self, person: str, *, limit: int, places: PropertyScope = None
    ) -> Sequence[RefusedEvents]:
        raise NotImplementedError

    async def mark(self, entry: MarkEntry) -> None:
        if entry.id not in {mark.id for mark in self._marks}:
            self._marks.append(entry)
            self._in_force(entry.person)

    async def end_marks(self, person: str, reason: MarkReason | None, *, at: datetime, by: str) -> int:
        ending = [
            mark
            for mark in await self.marks(person)
            if mark.ended_at is None and (mark.until is None or mark.until > at)
            if reason in {None, mark.reason}
        ]
        ended = {mark.id: replace(mark, ended_at=at, ended_by=by) for mark in ending}
        self._marks = [ended.get(mark.id, mark) for mark in self._marks]
        self._in_force(person)
        return len(ended)

    def _in_force(self, person: str) -> None:
        """Show the directory the mark that counts: that of the deceased, or else the oldest."""
        directory = self._store.tables.directory
        mine = [mark for mark in self._marks if mark.person == person and mark.ended_at is None]
        mine.sort(key=lambda mark: (mark.reason is not MarkReason.DECEASED, mark.since))
        marks = {ref: mark for ref, mark in directory.marks.items() if ref != person}
        for mark in mine[:1]:
            marks[person] = Mark(reason=mark.reason, since=mark.since, until=mark.until)
        directory.marks = marks
