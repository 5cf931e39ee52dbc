"""Letters in memory, beside the messages of the memory store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from hub.model import Attempt, Json, Outgoing, PropertyScope, State, StoredEvent
from hub.ports import Now, Page
from hub.testing.filters import within
from hub.testing.paging import page
from hub.testing.store import MemoryStore

_LISTED: Final = ("id", "created_at", "handed_over_at", "event", "person", "subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    outgoing: Outgoing
    created_at: datetime
    handed_over_at: datetime | None = None

    @property
    def id(self) -> UUID:
        return self.outgoing.message.id

    def shown(self) -> dict[str, Json]:
        message, words = self.outgoing.message, self.outgoing.rendered
        shown: dict[str, Json] = msgspec.to_builtins(
            {
                "id": message.id,
                "created_at": self.created_at,
                "handed_over_at": self.handed_over_at,
                "person": message.person,
                "event": message.event,
                "name": message.name,
                "subject": words.subject,
                "text": words.text,
                "html": words.html,
            }
        )
        return shown


class MemoryLetters:
    """`hub.ports.LetterStore`. A cursor is the place of the next row."""

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self._store = store
        self._now = now
        self._letters: dict[UUID, _Letter] = {}

    async def add(self, outgoing: Outgoing) -> None:
        letter = _Letter(outgoing=outgoing, created_at=self._now())
        self._letters.setdefault(letter.id, letter)

    async def letters(
        self, *, handed_over: bool | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        found = [
            one
            for one in self._letters.values()
            if handed_over in (None, one.handed_over_at is not None) and self._there(one.id, places)
        ]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return page([{name: letter.shown()[name] for name in _LISTED} for letter in found], after, limit)

    async def letter(self, letter_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        letter = self._letters.get(letter_id) if self._there(letter_id, places) else None
        return None if letter is None else letter.shown()

    def _there(self, letter_id: UUID, places: PropertyScope) -> bool:
        return within(self._store.tables.place_of_id(letter_id), places)

    async def event_of(self, letter_id: UUID) -> StoredEvent | None:
        tables = self._store.tables
        row = tables.messages.get(letter_id) if letter_id in self._letters else None
        return None if row is None else tables.events.get(row.message.event_key)

    async def hand_over(self, letter_id: UUID, places: PropertyScope = None) -> bool | None:
        letter = self._letters.get(letter_id) if self._there(letter_id, places) else None
        if letter is None or letter.handed_over_at is not None:
            return None if letter is None else False
        now = self._now()
        self._letters[letter_id] = replace(letter, handed_over_at=now)
        attempt = Attempt(
            message_id=letter_id,
            at=now,
            outcome="delivered",
            provider="hub",
            reference=str(letter_id),
            code="handed_over",
            took=timedelta(0),
        )
        await self._store.settle(letter_id, state=State.DELIVERED, reason=None, attempt=attempt)
        return True
