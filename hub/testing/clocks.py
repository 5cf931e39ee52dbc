"""Clocks in memory, for the timers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.model import (
    HUB_SOURCE,
    Clock,
    DispatchStatus,
    LiveClock,
    Message,
    Person,
    Purpose,
    State,
    StoredEvent,
    WatchedClock,
    live_clock,
)
from hub.people.audience import Group, anybody, level_groups
from hub.testing.tables import Statements, Tables

_PENDING: Final = frozenset({State.QUEUED, State.SENDING, State.RETRYING, State.HELD})
_ARRIVED: Final = frozenset({"delivered", "read"})
_PRINT: Final = "print"
_TO_STAFF: Final = frozenset({Purpose.INTERNAL, Purpose.EMERGENCY})


class MemoryClocks(Statements):
    """The part of `hub.ports.TimerStore` about clocks."""

    @property
    def clocks(self) -> list[Clock]:
        """All clocks, by id."""
        return [clock for _, clock in sorted(self.tables.clocks.items())]

    async def clocks_by_id(self, ids: Collection[UUID]) -> Sequence[Clock]:
        tables = await self._statement("clocks_by_id")
        return [tables.clocks[clock_id] for clock_id in sorted(ids) if clock_id in tables.clocks]

    async def due_clocks(self, limit: int, overdue: timedelta) -> Sequence[Clock]:
        tables = await self._statement("due_clocks")
        now = self._now() - overdue
        due = [
            (clock.next_at, clock.id, clock)
            for clock in tables.clocks.values()
            if clock.next_at is not None and clock.next_at <= now
        ]
        return [clock for _, _, clock in sorted(due, key=lambda entry: entry[:2])[:limit]]

    async def reschedule_clocks(
        self, calendar: str, reschedule: Callable[[Clock], Clock], limit: int
    ) -> Sequence[Clock]:
        tables = await self._statement("reschedule_clocks")
        others = [
            clock for clock in tables.clocks.values() if clock.ended_at is None and clock.calendar != calendar
        ]
        rescheduled = [reschedule(clock) for clock in others[:limit]]
        tables.clocks.update((clock.id, clock) for clock in rescheduled)
        return rescheduled

    async def held_levels(
        self, escalating: Sequence[tuple[Clock, Collection[int]]]
    ) -> Mapping[UUID, Collection[int]]:
        tables = await self._statement("held_levels")
        return {clock.id: _held(tables, clock, levels, self._now()) for clock, levels in escalating}

    async def names(self, refs: Collection[str]) -> Mapping[str, str]:
        tables, now = await self._statement("names"), self._now()
        found = [tables.directory.people(Group(person=ref), now) for ref in sorted(refs)]
        return {person.ref: person.name for people in found for person in people}

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        tables, now = await self._statement("people"), self._now()
        return {group: tables.directory.people(group, now) for group in groups}

    async def watched_clocks(self, at: datetime, after: UUID | None, limit: int) -> Sequence[WatchedClock]:
        tables = await self._statement("watched_clocks")
        running = [clock for clock in self.clocks if clock.ended_at is None and not clock.course.paused]
        due = [clock for clock in running if clock.steps and clock.steps[0].at <= at]
        page = [clock for clock in due if after is None or clock.id > after][:limit]
        return [_watched(clock, tables) for clock in page]

    async def called(self, event_ids: Collection[str]) -> Mapping[str, Collection[str]]:
        tables = await self._statement("called")
        own = (event for event in tables.events.values() if event.event.source == HUB_SOURCE)
        known = {stored.key: stored.event.id for stored in own if stored.event.id in event_ids}
        return {name: _called(tables, key) for key, name in known.items()}

    async def call_off(self, event_ids: Collection[str]) -> None:
        tables = await self._statement("call_off")
        own = (event for event in tables.events.values() if event.event.source == HUB_SOURCE)
        over = {stored.key for stored in own if stored.event.id in event_ids}
        for row in list(tables.messages.values()):
            if row.message.event_key in over and row.message.purpose in _TO_STAFF:
                tables.call_off(row, "over")

    async def dispatch(self, keys: Collection[UUID]) -> Mapping[UUID, DispatchStatus]:
        tables = await self._statement("departures")
        return {key: _departures(tables, tables.events[key]) for key in keys if key in tables.events}

    async def advance(self, advanced: Sequence[Clock], *, seen: Sequence[Clock]) -> Collection[UUID]:
        tables = await self._statement("advance")
        moves = zip(advanced, seen, strict=True)
        return {clock.id for clock, was in moves if _advanced(tables, clock, was, self._now())}

    async def live_clocks(self, after: UUID | None, limit: int) -> Sequence[LiveClock]:
        tables = await self._statement("live_clocks")
        live = [clock for _, clock in sorted(tables.clocks.items()) if _is_live(clock)]
        return [live_clock(clock) for clock in live if after is None or clock.id > after][:limit]


def _watched(clock: Clock, tables: Tables) -> WatchedClock:
    place = tables.place_of_clock(clock)
    return WatchedClock(
        clock=clock,
        place=place,
        building=tables.directory.text("copropiedad", place, "name"),
        unit=tables.directory.unit_name(clock.context.get("unit_id")),
    )


def _held(tables: Tables, clock: Clock, levels: Collection[int], now: datetime) -> Collection[int]:
    groups = level_groups(clock, levels, place=tables.place_of_clock(clock))
    away = tables.directory.on_leave(now)
    return {level for level, group in groups.items() if anybody(tables.directory.people(group, now), away)}


def _advanced(tables: Tables, clock: Clock, seen: Clock, now: datetime) -> bool:
    known = tables.clocks.get(clock.id)
    if known is None or known.next_at is None:
        return False
    if (known.fired, known.next_at, known.ended_at) != (seen.fired, seen.next_at, seen.ended_at):
        return False
    steps = list(known.steps)
    steps[seen.fired] = structs.replace(steps[seen.fired], told=clock.steps[seen.fired].told)
    tables.clocks[clock.id] = replace(
        known,
        state=clock.state,
        level=clock.level,
        fired=clock.fired,
        steps=tuple(steps),
        changed_at=now,
    )
    return True


def _is_live(clock: Clock) -> bool:
    return not clock.promise.silent and (clock.ended_at is None or clock.next_at is not None)


def _called(tables: Tables, key: UUID) -> set[str]:
    return {
        message.person
        for message in _messages(tables, key)
        if message.purpose in _TO_STAFF and message.state is not State.SUPPRESSED
    }


def _departures(tables: Tables, stored: StoredEvent) -> DispatchStatus:
    messages = [
        message for message in _messages(tables, stored.key) if not message.occasion.startswith("reminder:")
    ]
    gone = [at for message in messages if (at := _gone_at(tables, message)) is not None]
    return DispatchStatus(
        pending=sum(map(_is_pending, messages)) + (not stored.planned), last_at=max(gone, default=None)
    )


def _messages(tables: Tables, key: UUID) -> list[Message]:
    return [row.message for row in tables.messages.values() if row.message.event_key == key]


def _is_pending(message: Message) -> bool:
    return message.state in _PENDING or (message.channel == _PRINT and message.state is State.SENT)


def _gone_at(tables: Tables, message: Message) -> datetime | None:
    calls = [attempt for attempt in tables.attempts.values() if attempt.message_id == message.id]
    if message.channel == _PRINT:
        return max((call.at for call in calls if call.outcome in _ARRIVED), default=None)
    return min((call.at for call in calls if call.outcome in {"sent", *_ARRIVED}), default=None)
