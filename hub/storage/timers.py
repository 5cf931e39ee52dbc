"""Timers in PostgreSQL: due, failed and stale rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.messages import lateness
from hub.model import HUB_SOURCE, Clock, DispatchStatus, Lane, LiveClock, Message, Person, WatchedClock
from hub.model.ids import span
from hub.model.state_machine import UNSENT
from hub.model.tickets import grouped
from hub.people.audience import Group, anybody, concerned_groups, level_groups, references
from hub.ports import Later, Ticket
from hub.storage import (
    accounts,
    clocks,
    contact_slots,
    directory,
    events,
    messages,
    people,
    receipts,
    replies,
    staff,
)
from hub.storage.database import Database, load
from hub.storage.delivery import PostgresCascades
from hub.storage.lookback import Lookback, all_taken

_SQL = load("messages")
START: Final = UUID(int=0)
"""Before every id."""


class PostgresTimers(PostgresCascades):
    """The TimerStore. The database's own clock decides which rows are due."""

    clocks_by_id = clocks.by_id
    advance = clocks.advance
    unpublished_replies = replies.unpublished
    mark_published = replies.mark_published
    drop_early = receipts.drop_early
    drop_contact_slots = contact_slots.drop
    contact_changes = directory.unnotified
    mark_notified = directory.mark_notified
    untold_resets = accounts.untold
    mark_told = accounts.mark_told

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._due_messages, self._due_clocks, self._overdue_receipts = Lookback(), Lookback(), Lookback()

    async def release(self, ids: Collection[UUID]) -> Sequence[Ticket]:
        return _released(await self.rows(_SQL["release"], sorted(ids), *span(ids)))

    async def release_due(self, limit: int, as_of: datetime, grace: timedelta) -> Sequence[Ticket]:
        rows = await self._due_messages.look(
            lambda reach: self.rows(_SQL["release_due"], limit, reach, as_of, grace),
            # Leases within their grace stay in place.
            lambda found: grace if len(found) < limit else None,
        )
        return _released(rows)

    async def due_clocks(self, limit: int, overdue: timedelta) -> Sequence[Clock]:
        return await self._due_clocks.look(
            lambda reach: clocks.due(self, limit, overdue, reach), all_taken(limit)
        )

    async def stale_queued(
        self, channel: str, lane: Lane, sweep_after: timedelta, limit: int, *, empty: bool
    ) -> Sequence[Ticket]:
        return _tickets(await self.rows(_SQL["sweep"], channel, lane, sweep_after, limit, empty))

    async def broken_cascades(self, limit: int) -> Sequence[Message]:
        return [messages.message_of(row) for row in await self.rows(_SQL["broken_cascades"], limit)]

    async def unconfirmed(self, limit: int, again: timedelta) -> Sequence[Message]:
        rows = await self._overdue_receipts.look(
            lambda reach: self.rows(_SQL["unconfirmed"], limit, again, reach), all_taken(limit)
        )
        return [messages.message_of(row) for row in rows if row["over"]]

    async def stop_waiting(self, ids: Collection[UUID]) -> None:
        await self.rows(_SQL["stop_waiting"], list(ids), *span(ids))

    async def held_levels(
        self, escalating: Sequence[tuple[Clock, Collection[int]]]
    ) -> Mapping[UUID, Collection[int]]:
        places = await clocks.places(self, [clock.id for clock, _ in escalating])
        groups = {
            clock.id: level_groups(clock, levels, place=places.get(clock.id)) for clock, levels in escalating
        }
        asked = {group for by_level in groups.values() for group in by_level.values()}
        found = await people.look_up(self, asked)
        away = await staff.on_leave(self, {person.ref for people in found.values() for person in people})
        held = {group for group in asked if anybody(found[group], away)}
        return {
            clock_id: {level for level, group in by_level.items() if group in held}
            for clock_id, by_level in groups.items()
        }

    async def names(self, refs: Collection[str]) -> Mapping[str, str]:
        found = await people.look_up(self, {Group(person=ref) for ref in refs})
        return {person.ref: person.name for members in found.values() for person in members}

    async def concerned(self, asking: Sequence[Clock]) -> Mapping[UUID, Sequence[str]]:
        parties = await events.parties(self, {clock.case for clock in asking})
        places = await clocks.places(self, [clock.id for clock in asking])
        groups = {clock.id: concerned_groups(clock, parties, places.get(clock.id)) for clock in asking}
        found = await people.look_up(self, {group for asked in groups.values() for group in asked})
        return {clock_id: references(asked, found) for clock_id, asked in groups.items()}

    async def called(self, event_ids: Collection[str]) -> Mapping[str, Collection[str]]:
        rows = await self.rows(_SQL["called"], list(event_ids), HUB_SOURCE, clocks.started(event_ids))
        return {row["event_id"]: row["people"] for row in rows}

    async def call_off(self, event_ids: Collection[str]) -> None:
        given = list(event_ids), HUB_SOURCE, sorted(UNSENT)
        await self.rows(_SQL["call_off"], *given, clocks.started(event_ids))

    async def dispatch(self, keys: Collection[UUID]) -> Mapping[UUID, DispatchStatus]:
        rows = await self.rows(_SQL["departures"], list(keys), *span(keys))
        return {row["key"]: DispatchStatus(pending=row["pending"], last_at=row["last_at"]) for row in rows}

    async def reschedule_clocks(
        self, calendar: str, reschedule: Callable[[Clock], Clock], limit: int
    ) -> Sequence[Clock]:
        async with self._database.transaction() as transaction:
            rescheduled = [
                reschedule(clock)
                for clock in await clocks.find(transaction, "of_other_calendars", calendar, limit)
            ]
            await clocks.save(transaction, rescheduled)
        return rescheduled

    async def settle_early(self, limit: int) -> int:
        return await receipts.settle_early(self._database, limit)

    async def waiting_appointments(self, after: UUID | None, limit: int) -> Sequence[Later]:
        rows = await self.rows(_SQL["waiting"], after or START, limit)
        return [(row["id"], Lane(row["lane"]), row["next_at"]) for row in rows]

    async def watched_clocks(self, at: datetime, after: UUID | None, limit: int) -> Sequence[WatchedClock]:
        return await clocks.watched(self, at, after or START, limit)

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        return await people.look_up(self, groups)

    async def live_clocks(self, after: UUID | None, limit: int) -> Sequence[LiveClock]:
        return await clocks.live(self, after or START, limit)


def _released(rows: Sequence[Record]) -> Sequence[Ticket]:
    if rows:
        lateness.observe(lateness.MESSAGE, [row["late"] for row in rows if row["late"] is not None])
    return _tickets(rows)


def _tickets(rows: Iterable[Record]) -> Sequence[Ticket]:
    return grouped((row["id"], row["channel"], Lane(row["lane"])) for row in rows)
