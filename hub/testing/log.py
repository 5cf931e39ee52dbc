"""What operators look at, from the memory store; names and addresses are hidden whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Final
from uuid import UUID

import msgspec

from hub.model import HUB_SOURCE, Clock, DeadLetter, Json, PropertyScope, type_of
from hub.model.promises import Period, PromiseRecord
from hub.ports import MessageFilter, Page
from hub.testing.channel import MemoryInbox
from hub.testing.filters import fits, within
from hub.testing.paging import page
from hub.testing.store import MemoryStore
from hub.testing.tables import Letter

_MESSAGE: Final = (
    "id",
    "event_id",
    "event",
    "person",
    "channel",
    "purpose",
    "state",
    "reason",
    "next_at",
    "created_at",
)
_CLOCK: Final = (
    "id",
    "case",
    "name",
    "state",
    "started_at",
    "due_at",
    "level",
    "ended_at",
    "steps",
    "fired",
    "course",
    "promise",
)
_TOLD: Final = ("event_id", "id", "event", "person", "channel", "state")
_LETTER: Final = ("id", "reason", "field", "event_type", "received_at")
_ATTEMPT: Final = ("at", "outcome", "provider", "reference", "code")
_ITEM: Final = ("id", "event", "created_at")
_WORDS: Final = ("subject", "text", "html")
_HIDDEN: Final = "***"


class MemoryLog:
    """`hub.ports.LogStore`. A cursor is the place of the next row."""

    def __init__(self, store: MemoryStore, inbox: MemoryInbox) -> None:
        self._store = store
        self._inbox = inbox

    async def messages(self, narrowed: MessageFilter, *, after: str | None, limit: int) -> Page:
        found = [message for message in self._store.messages if fits(message, narrowed, self._store.tables)]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return page([_shown(one, _MESSAGE) for one in found], after, limit)

    async def message(
        self, message_id: UUID, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        row = self._store.tables.messages.get(message_id)
        if row is None or not within(self._store.tables.place_of(row.message), places):
            return None
        attempts = [
            attempt for attempt in self._store.tables.attempts.values() if attempt.message_id == message_id
        ]
        return {
            **_shown(row.message, _MESSAGE),
            "skipped": list(row.message.skipped),
            "name": row.message.name if whole else _HIDDEN,
            "address": row.message.address if whole else _HIDDEN,
            "attempts": [_shown(one, _ATTEMPT) for one in sorted(attempts, key=lambda one: one.at)],
        }

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Mapping[str, Json]]:
        known = self._store.tables.clocks
        return [_shown(known[one], _CLOCK) for one in ids if one in known]

    async def clock(self, clock_id: UUID, *, places: PropertyScope = None) -> Clock | None:
        return next((clock for clock in self._clocks(places) if clock.id == clock_id), None)

    async def told(self, event_ids: Collection[str]) -> Sequence[Mapping[str, Json]]:
        events = self._store.tables.events.values()
        own = {
            event.key for event in events if event.event.source == HUB_SOURCE and event.event.id in event_ids
        }
        found = [message for message in self._store.messages if message.event_key in own]
        found.sort(key=lambda one: (one.created_at, one.id))
        return [
            {**_shown(one, _TOLD), "name": _HIDDEN, "at": msgspec.to_builtins(one.created_at)}
            for one in found
        ]

    async def recent_clocks(
        self, *, state: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        found = [clock for clock in self._clocks(places) if state in (None, clock.state)]
        found.sort(key=lambda clock: (clock.started_at, clock.id), reverse=True)
        return page([_shown(clock, _CLOCK) for clock in found], after, limit)

    async def clocks_of(
        self, places: Collection[str], states: Collection[str], *, after: str | None, limit: int
    ) -> Page:
        live = [clock for clock in self._clocks(frozenset(places)) if clock.state in states]
        found = [clock for clock in live if not clock.promise.silent]
        found.sort(key=lambda clock: (clock.due_at, clock.id))
        return page([_shown(clock, _CLOCK) for clock in found], after, limit)

    async def kept_promises(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[PromiseRecord]:
        there = [clock for clock in self._clocks(places) if area in (None, clock.context.get("service_area"))]
        began = {one.case for one in there if one.started_at in period}
        found = sorted(there, key=lambda one: (one.started_at, one.id))
        return [_kept(one) for one in found if one.case in began]

    async def dead(
        self,
        *,
        state: str | None,
        after: str | None,
        limit: int,
        reason: str | None = None,
        event: str | None = None,
    ) -> Page:
        kind = None if event is None else type_of(event)
        found = [
            letter
            for letter in self._letters
            if state in (None, letter.state) and (reason or "") in letter.letter.reason
            if event is None or letter.letter.event_type == kind
        ]
        found.sort(key=lambda one: (one.letter.received_at, one.letter.id), reverse=True)
        rows = [{**_shown(one.letter, _LETTER), "times": one.times, "state": one.state} for one in found]
        return page(rows, after, limit)

    async def dead_letter(self, letter_id: UUID) -> DeadLetter | None:
        known = self._store.tables.letters.get(letter_id)
        return None if known is None else replace(known.letter, times=known.times)

    async def settle_dead(self, letter_id: UUID, *, state: str, times: int | None = None) -> bool:
        known = self._store.tables.letters.get(letter_id)
        if known is None or known.state != "open" or times not in (None, known.times):
            return False
        self._store.tables.letters[letter_id] = replace(known, state=state)
        return True

    async def unreached(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
        tables = self._store.tables
        rows = sorted(tables.unreached.values(), key=lambda row: (row[1], row[0].event_key), reverse=True)
        found = [(each, at, tables.events[each.event_key]) for each, at in rows]
        items = [
            {
                **_shown(each, ("event_id", "source", "type")),
                "reasons": list(map(str, each.reasons)),
                "id": str(each.event_key),
                "copropiedad_id": stored.copropiedad_id,
                "unit_id": stored.unit_id,
                "found_at": msgspec.to_builtins(at),
            }
            for each, at, stored in found
            if within(stored.copropiedad_id, places)
        ]
        return page(items, after, limit)

    async def inbox(self, person: str, *, limit: int) -> Sequence[Mapping[str, Json]]:
        mine = [one for one in reversed(self._inbox.sent) if one.message.person == person]
        return [
            {**_shown(one.message, _ITEM), **_shown(one.rendered, _WORDS), "read_at": None}
            for one in mine[:limit]
        ]

    async def counts(self, places: PropertyScope = None) -> Mapping[str, Mapping[str, int]]:
        narrowed, tables = MessageFilter(places=places), self._store.tables
        return {
            "messages": _counted(
                message.state for message in self._store.messages if fits(message, narrowed, tables)
            ),
            "clocks": _counted(clock.state for clock in self._clocks(places)),
            "dead": _counted(letter.state for letter in self._letters if places is None),
        }

    def _clocks(self, places: PropertyScope) -> list[Clock]:
        tables = self._store.tables
        return [clock for clock in self._store.clocks if within(tables.place_of_clock(clock), places)]

    @property
    def _letters(self) -> list[Letter]:
        return list(self._store.tables.letters.values())


def _shown(value: object, columns: Iterable[str]) -> dict[str, Json]:
    shown: dict[str, Json] = msgspec.to_builtins({name: getattr(value, name) for name in columns})
    return shown


def _kept(clock: Clock) -> PromiseRecord:
    return PromiseRecord(**{field.name: getattr(clock, field.name) for field in fields(PromiseRecord)})


def _counted(states: Iterable[str]) -> dict[str, int]:
    return {str(state): number for state, number in Counter(states).items()}
