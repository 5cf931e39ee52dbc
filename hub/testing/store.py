"""The stores of intake, delivery and timers, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Container, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.contact_rules.limits import share_out
from hub.messages.planning.undelivered import has_followup
from hub.model import (
    AccountReset,
    Claimed,
    Event,
    InvalidContact,
    Json,
    Lane,
    Message,
    Outcome,
    Purpose,
    State,
    StoredEvent,
)
from hub.model.state_machine import LOST
from hub.model.tickets import grouped
from hub.people.contact_changes import ContactChange
from hub.policy.limits import ContactLimits
from hub.ports import Later, Now, Ticket
from hub.sla.events import PERSON_NAME, PERSON_REF, party_of
from hub.testing.clocks import MemoryClocks
from hub.testing.replies import MemoryReplies
from hub.testing.tables import Row, Suppression, Tables, step_key
from hub.testing.transaction import MemoryTransaction
from hub.testing.unsubscribes import MemoryUnsubscribes

_HELD: Final = frozenset({State.SENDING, State.QUEUED})
"""States in which the outcome of the worker with the lease counts."""
_UNCONFIRMED: Final = frozenset({State.SENT, State.WAITING})
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class MemoryStore(MemoryReplies, MemoryUnsubscribes, MemoryClocks):
    """
    `IntakeStore`, `PostgresIntake`, `DeliveryStore`, `TimerStore`, `ReplyStore` and `UnsubscribeStore`.

    One transaction or statement at a time. `faults` applies to all methods by name, and to `commit`;
    `refused` holds the ids of events with a value that the database would refuse.
    """

    def __init__(self, now: Now, *, refused: Collection[str] = ()) -> None:
        super().__init__(now)
        self._refused = refused

    async def other_content(self, events: Mapping[UUID, Event]) -> frozenset[UUID]:
        async with self.transaction() as transaction:
            return await transaction.other_content(events)

    async def owners(self, cases: Collection[str]) -> Mapping[str, str]:
        found = {case: self.tables.owners[case] for case in cases if case in self.tables.owners}
        return {case: source for case, (source, opened) in found.items() if opened}

    def message(self, message_id: UUID) -> Message:
        return self.tables.messages[message_id].message

    @property
    def messages(self) -> list[Message]:
        """All messages, by id."""
        return [row.message for _, row in sorted(self.tables.messages.items())]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        self.faults.meet("transaction")
        async with self._lock:
            tables = self.tables.copy()
            yield MemoryTransaction(tables, self._now(), self._refused)
            self.faults.meet("commit")
            self.tables = tables

    async def add_messages(self, messages: Sequence[Message]) -> None:
        tables = await self._statement("add_messages")
        for message in messages:
            tables.add_message(message, self._now())

    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        tables = await self._statement("claim")
        now = self._now()
        rows = [
            tables.messages[message_id] for message_id in dict.fromkeys(ids) if message_id in tables.messages
        ]
        taken = [
            row
            for row in rows
            if row.message.state is State.QUEUED or row.waits_no_longer(now) or _is_own(row, token)
        ]
        for row in taken:
            message = structs.replace(row.message, state=State.SENDING, next_at=now + lease)
            tables.messages[message.id] = replace(
                row, message=message, lease=token, attempts=row.attempts + (row.lease != token)
            )
        return [_claimed(tables.messages[row.message.id], tables, now) for row in taken]

    async def take_turns(
        self, asked: Collection[tuple[str, UUID]], once_per: timedelta
    ) -> frozenset[tuple[str, UUID]]:
        tables = await self._statement("take_turns")
        return frozenset(turn for turn in asked if tables.take_turn(*turn, once_per, self._now()))

    async def have_asked(
        self, reminded: Collection[tuple[str, UUID]], once_per: timedelta
    ) -> frozenset[tuple[str, UUID]]:
        tables = await self._statement("have_asked")
        return frozenset(turn for turn in reminded if tables.has_asked(*turn, once_per, self._now()))

    async def reserve_contacts(
        self, messages: Sequence[Message], *, token: UUID, on: date, limits: ContactLimits
    ) -> Mapping[UUID, date]:
        tables = await self._statement("reserve_contacts")
        taken = tables.slots_of({message.person for message in messages})
        days, reserved = share_out(messages, taken, on=on, limits=limits)
        tables.contact_slots.update({(on, slot.message_id): (slot, token) for slot in reserved})
        return days

    async def addresses_of(self, people: Collection[str]) -> Mapping[str, Sequence[str]]:
        directory = (await self._statement("addresses_of")).directory
        known = {ref: person for ref in people if (person := directory.person(ref)) is not None}
        found = {
            ref: [point.value for point in person.contact_points if point.kind != "push"]
            for ref, person in known.items()
        }
        return {ref: values for ref, values in found.items() if values or not directory.gave_address(ref)}

    async def settle_contacts(
        self, token: UUID, *, free: Collection[UUID] = (), retried: Collection[UUID] = ()
    ) -> None:
        tables = await self._statement("settle_contacts")
        for key, (slot, lease) in list(tables.contact_slots.items()):
            if lease == token and slot.message_id in free:
                del tables.contact_slots[key]
            elif lease == token and slot.message_id in retried:
                tables.contact_slots[key] = structs.replace(slot, spent=False), lease

    async def drop_contact_slots(self, before: date) -> int:
        tables = await self._statement("drop_contact_slots")
        old = [key for key in tables.contact_slots if key[0] < before]
        for key in old:
            del tables.contact_slots[key]
        return len(old)

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        tables = await self._statement("record")
        calls = [attempt for outcome in outcomes for attempt in outcome.attempts]
        tables.attempts.update(((attempt.message_id, attempt.at), attempt) for attempt in calls)
        done = [outcome for outcome in outcomes if _effective(outcome, token, tables)]
        for outcome in done:
            row = tables.messages[outcome.message_id]
            untried = row.message.state in _HELD and not outcome.tried
            moved, attempts = _moved(row.message, outcome), row.attempts - untried
            tables.messages[outcome.message_id] = replace(row, message=moved, attempts=attempts)
        return frozenset(outcome.message_id for outcome in done)

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        tables = await self._statement("suppress")
        for contact in gone:
            message = tables.messages[contact.message_id].message
            if message.address:
                found = Suppression(
                    since=contact.at,
                    reason=contact.reason,
                    provider=contact.provider,
                    code=contact.code,
                    message_id=contact.message_id,
                    until=contact.until,
                )
                place = message.address, message.channel
                tables.suppressions[place] = found.after(tables.suppressions.get(place))

    async def contact_changes(self, limit: int) -> Sequence[ContactChange]:
        directory = (await self._statement("contact_changes")).directory
        return [
            structs.replace(change, marked=change.person in directory.marks)
            for change in directory.to_notify[:limit]
        ]

    async def mark_notified(self, changes: Sequence[ContactChange]) -> None:
        directory = (await self._statement("mark_notified")).directory
        done = {(change.person, change.version) for change in changes}
        directory.to_notify = tuple(
            change for change in directory.to_notify if (change.person, change.version) not in done
        )

    async def untold_resets(self, limit: int) -> Sequence[AccountReset]:
        resets = (await self._statement("untold_resets")).untold_resets
        return [resets[key] for key in sorted(resets, key=lambda key: (key[1], key[0]))][:limit]

    async def mark_told(self, resets: Sequence[AccountReset]) -> None:
        tables = await self._statement("mark_told")
        for reset in resets:
            tables.untold_resets.pop((reset.account_id, reset.at), None)

    async def settle_early(self, limit: int) -> int:  # noqa: ARG002 - the port's signature
        """No receipt is ever early: this store takes none."""
        return 0

    async def drop_early(self, older_than: timedelta) -> int:  # noqa: ARG002 - the same
        return 0

    async def step_failed(self, messages: Sequence[Message]) -> frozenset[UUID]:
        tables = await self._statement("step_failed")
        alive = {step_key(row.message) for row in tables.messages.values() if not _gives_nothing(row.message)}
        return frozenset(message.id for message in messages if step_key(message) not in alive)

    async def release(self, ids: Collection[UUID]) -> Sequence[Ticket]:
        tables = await self._statement("release")
        now = self._now()
        due = [tables.messages[message_id] for message_id in sorted(ids) if message_id in tables.messages]
        return _release(tables, (row for row in due if row.waits_no_longer(now)), now)

    async def release_due(self, limit: int, as_of: datetime, grace: timedelta) -> Sequence[Ticket]:
        tables = await self._statement("release_due")
        now = self._now()
        due = [
            row
            for row in tables.messages.values()
            if row.waits_no_longer(now) or row.due(min(now, as_of - grace))
        ]
        due.sort(key=lambda row: row.message.next_at or now)
        return _release(tables, due[:limit], now)

    async def broken_cascades(self, limit: int) -> Sequence[Message]:
        tables = await self._statement("broken_cascades")
        messages = [row.message for row in tables.messages.values()]
        lost = [
            message
            for message in messages
            if message.state in LOST and has_followup(message) and not tables.messages[message.id].cascaded
        ]
        if not lost:
            return []
        alive = {step_key(message) for message in messages if not _gives_nothing(message)}
        reached = {
            (message.event_key, message.person, message.occasion, message.channel, message.contact_id)
            for message in messages
        }
        broken = [
            message for message in lost if step_key(message) not in alive and not _went_on(message, reached)
        ]
        return sorted(broken, key=lambda message: message.id)[:limit]

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        tables = await self._statement("events_of")
        return {key: tables.events[key] for key in keys if key in tables.events}

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        tables = await self._statement("end_cascades")
        for message_id in ids:
            tables.messages[message_id] = replace(tables.messages[message_id], cascaded=True)

    async def unconfirmed(self, limit: int, again: timedelta) -> Sequence[Message]:
        tables = await self._statement("unconfirmed")
        now = self._now()
        overdue = [row.message for row in tables.messages.values() if _overdue(row.message, now)]
        over: list[Message] = []
        for message in sorted(overdue, key=lambda row: row.next_at or now)[:limit]:
            step = tables.step_of(message)
            if any(map(_reached, step)):
                tables.wait(message.id, None)
            elif all(_gives_nothing(message) or _overdue(message, now) for message in step):
                over.append(message)
            else:
                tables.wait(message.id, now + again)
        return over

    async def stop_waiting(self, ids: Collection[UUID]) -> None:
        tables = await self._statement("stop_waiting")
        for message_id in ids:
            if tables.messages[message_id].message.state in _UNCONFIRMED:
                tables.wait(message_id, None)

    async def stale_queued(
        self, channel: str, lane: Lane, sweep_after: timedelta, limit: int, *, empty: bool
    ) -> Sequence[Ticket]:
        tables = await self._statement("stale_queued")
        now = self._now()
        rows = [row for row in tables.messages.values() if _queue(row) == (channel, lane)]
        passed = _passed(rows, now, sweep_after, empty=empty)
        stale = [
            row
            for row in rows
            if row.message.state is State.QUEUED
            and row.ticketed_at < min(passed, now - sweep_after * 2**row.sweeps)
        ]
        stale.sort(key=lambda row: row.ticketed_at)
        for row in stale[:limit]:
            tables.messages[row.message.id] = replace(row, ticketed_at=now, sweeps=row.sweeps + 1)
        return grouped((row.message.id, channel, lane) for row in stale[:limit])

    async def waiting_appointments(self, after: UUID | None, limit: int) -> Sequence[Later]:
        tables = await self._statement("waiting_appointments")
        waiting = [
            (message_id, row.message.lane, row.message.next_at)
            for message_id, row in sorted(tables.messages.items())
            if row.message.state in {State.HELD, State.RETRYING} and row.message.next_at is not None
            if after is None or message_id > after
        ]
        return waiting[:limit]


def _is_own(row: Row, token: UUID) -> bool:
    return row.message.state is State.SENDING and row.lease == token


def _claimed(row: Row, tables: Tables, now: datetime) -> Claimed:
    stored = tables.events[row.message.event_key]
    return Claimed(
        message=row.message,
        attempt=row.attempts,
        event_time=stored.event.time,
        source=stored.event.source,
        data=stored.event.data,
        building=tables.directory.text("copropiedad", stored.copropiedad_id, "name"),
        unit=tables.directory.unit_name(stored.unit_id),
        unsure_of=_unsure_of(row, tables),
        suppression=tables.suppression(row.message),
        contact=tables.contact(row.message, now),
        due={
            clock.name: clock.due_at
            for clock in tables.clocks.values()
            if clock.case == stored.case and clock.ended_at is None
            if not clock.course.pauses or clock.course.pauses[-1].until is not None
        },
        overtaken=tables.is_overtaken(row.message),
        brand=tables.directory.brand(stored.copropiedad_id),
        recalled=(stored.event.source, stored.event.id) in tables.recalls,
        party=_party_of(row.message, stored.event.data, tables),
    )


def _party_of(message: Message, data: Mapping[str, Json], tables: Tables) -> str | None:
    if message.purpose is not Purpose.INTERNAL or PERSON_NAME in data:
        return None
    party = party_of(data)
    known = tables.directory.person(str(party.get(PERSON_REF) or ""))
    named: str | None = party.get(PERSON_NAME)
    return known.name if known is not None else named


def _unsure_of(row: Row, tables: Tables) -> str | None:
    unknown = [attempt for attempt in tables.attempts.values() if attempt.outcome == "unknown"]
    mine = [attempt for attempt in unknown if attempt.message_id == row.message.id]
    return max(mine, key=lambda attempt: attempt.at).provider if mine else None


def _effective(outcome: Outcome, token: UUID, tables: Tables) -> bool:
    """Return whether the outcome counts. A repeated call gets the same result: the lease stays on the row."""
    row = tables.messages.get(outcome.message_id)
    return row is not None and row.lease == token and row.message.state in {*_HELD, outcome.state}


def _moved(message: Message, outcome: Outcome) -> Message:
    return structs.replace(
        message,
        state=outcome.state,
        reason=outcome.reason,
        next_at=outcome.next_at,
        expires_at=outcome.expires_at or message.expires_at,
    )


def _release(tables: Tables, due: Iterable[Row], now: datetime) -> list[Ticket]:
    released = [structs.replace(row.message, state=State.QUEUED, next_at=None) for row in due]
    for message in released:
        row = tables.messages[message.id]
        lease = row.lease if row.message.state is State.SENDING else None
        tables.messages[message.id] = replace(row, message=message, lease=lease, ticketed_at=now, sweeps=0)
    return grouped((message.id, message.channel, message.lane) for message in released)


def _overdue(message: Message, now: datetime) -> bool:
    return message.state in _UNCONFIRMED and message.next_at is not None and message.next_at <= now


def _gives_nothing(message: Message) -> bool:
    """Return whether nothing more comes of it: it is lost, or its time in the inbox is over."""
    return message.state in LOST or (message.state is State.WAITING and message.next_at is None)


def _reached(message: Message) -> bool:
    """Return whether it arrived, or was accepted on a channel without receipts."""
    return message.state in {State.DELIVERED, State.READ} or (
        message.state is State.SENT and message.next_at is None
    )


def _passed(rows: Iterable[Row], now: datetime, sweep_after: timedelta, *, empty: bool) -> datetime:
    """Return the instant before which a ticket must have been claimed, or is lost."""
    working = [row for row in rows if row.message.state is State.SENDING]
    if empty and all(row.due(now) for row in working):
        return _NEVER
    claimed = [row.ticketed_at - sweep_after / 4 for row in working if row.sweeps == 0]
    return max(claimed, default=_EVER)


def _queue(row: Row) -> tuple[str, Lane]:
    return row.message.channel, row.message.lane


def _went_on(message: Message, reached: Container[object]) -> bool:
    """Return whether the next step exists."""
    if not message.fallback:
        return False
    target = message.fallback[0][0]
    key = (message.event_key, message.person, message.occasion, target.channel, target.contact_id)
    return key in reached
