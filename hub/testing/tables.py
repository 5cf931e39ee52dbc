"""The tables of the memory store: frozen rows in dictionaries, so that a copy is a snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.catalog.payers import TO_PAYERS
from hub.contact_rules.consents import counting
from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import (
    AccountReset,
    Attempt,
    AudienceRecord,
    Clock,
    Consent,
    ContactFacts,
    DeadLetter,
    Inbound,
    LeftOut,
    Message,
    Party,
    State,
    StoredEvent,
    SuppressionStatus,
    Unreached,
)
from hub.model.case_state import CaseState
from hub.model.contact_facts import ContactSlot
from hub.model.documents import DocumentRequest
from hub.model.extensions import Extension
from hub.model.posters import PosterRequest
from hub.model.reviews import HeldEvent
from hub.model.state_machine import LOST, UNSENT
from hub.ports import Now
from hub.sla import NEWS
from hub.testing.directory import Directory
from hub.testing.faults import Faults

LATER: Final = frozenset({State.HELD, State.RETRYING, State.SENDING})
"""States that end at `next_at`."""
_ACCEPTED: Final = frozenset({State.SENT, State.WAITING, State.DELIVERED, State.READ})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message with the columns that only storage uses."""

    message: Message
    ticketed_at: datetime
    lease: UUID | None = None
    attempts: int = 0
    sweeps: int = 0
    cascaded: bool = False

    def due(self, now: datetime) -> bool:
        """Return whether the message waits, or is leased, and its `next_at` has come."""
        message = self.message
        return message.state in LATER and message.next_at is not None and message.next_at <= now

    def waits_no_longer(self, now: datetime) -> bool:
        """Return whether anybody may claim or release it; only the timers end a lease."""
        return self.message.state is not State.SENDING and self.due(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A dead letter, how often its bytes came, and its state: `open`, `replayed` or `discarded`."""

    letter: DeadLetter
    times: int = 1
    state: str = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A suppressed contact point; set by an operator if it has no provider."""

    since: datetime
    reason: str
    provider: str = ""
    code: str = ""
    until: datetime | None = None
    lifted: bool = False
    message_id: UUID | None = None

    def after(self, earlier: Suppression | None) -> Suppression:
        """Return which of both stands: an unproven one changes nothing of what stands, or confirms it."""
        if earlier is None or self.until is None or earlier.lifted:
            return self
        again, ended = replace(self, until=None), earlier.until is not None and earlier.until <= self.since
        if not earlier.provider or self.message_id == earlier.message_id:
            return self if ended else earlier
        month_ago = self.since - (self.until - self.since)
        return again if earlier.until is not None or earlier.since <= month_ago else earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """An opt-out of a purpose; `lifted` when the person opted in again."""

    since: datetime
    person: str | None
    reason: str
    lifted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudience:
    """An audience record, and the directory position that it was planned from."""

    record: AudienceRecord
    directory_version: int


@dataclass(slots=True, kw_only=True)
class Tables:
    events: dict[UUID, StoredEvent] = field(default_factory=dict)
    parties: dict[tuple[str, str], Party] = field(default_factory=dict)
    messages: dict[UUID, Row] = field(default_factory=dict)
    attempts: dict[tuple[UUID, datetime], Attempt] = field(default_factory=dict)
    letters: dict[UUID, Letter] = field(default_factory=dict)
    clocks: dict[UUID, Clock] = field(default_factory=dict)
    case_states: dict[str, CaseState] = field(default_factory=dict)
    replies: dict[UUID, tuple[Inbound, datetime]] = field(default_factory=dict)
    opt_outs: dict[tuple[str, str], OptOut] = field(default_factory=dict)
    consents: dict[UUID, Consent] = field(default_factory=dict)
    suppressions: dict[tuple[str, str], Suppression] = field(default_factory=dict)
    audiences: dict[tuple[UUID, int], StoredAudience] = field(default_factory=dict)
    left_out: dict[tuple[UUID, int, str], LeftOut] = field(default_factory=dict)
    unreached: dict[UUID, tuple[Unreached, datetime]] = field(default_factory=dict)
    extensions: dict[tuple[UUID, str], Extension] = field(default_factory=dict)
    recalls: dict[tuple[str, str], UUID] = field(default_factory=dict)
    documents: dict[UUID, DocumentRequest] = field(default_factory=dict)
    posters: dict[UUID, PosterRequest] = field(default_factory=dict)
    owners: dict[str, tuple[str, bool]] = field(default_factory=dict)
    held: dict[tuple[str, str], HeldEvent] = field(default_factory=dict)
    directory: Directory = field(default_factory=Directory)
    survey_turns: dict[str, tuple[UUID, datetime]] = field(default_factory=dict)
    contact_slots: dict[tuple[date, UUID], tuple[ContactSlot, UUID]] = field(default_factory=dict)
    untold_resets: dict[tuple[UUID, datetime], AccountReset] = field(default_factory=dict)

    def copy(self) -> Tables:
        return Tables(**{name: getattr(self, name).copy() for name in Tables.__slots__})

    def add_message(self, message: Message, now: datetime) -> None:
        self.messages.setdefault(message.id, Row(message=message, ticketed_at=now))

    def call_off(self, row: Row, reason: str) -> None:
        """Cancel an unsent message; a sent one gets no next step."""
        message = structs.replace(row.message, fallback=(), patience=None)
        if message.state is not State.SENDING:
            message = structs.replace(message, next_at=None)
        if message.state in UNSENT:
            message = structs.replace(message, state=State.CANCELLED, reason=reason)
        self.messages[message.id] = replace(row, message=message)

    def recall(self, row: Row) -> None:
        """Cancel messages that nobody has yet: this store has neither inbox nor letters."""
        leased = row.message.state is State.QUEUED and row.lease is not None
        message = structs.replace(row.message, fallback=(), patience=None) if leased else None
        if message is None:
            self.call_off(row, "recalled")
        else:
            self.messages[message.id] = replace(row, message=message)

    def add_unreached(self, found: Unreached, now: datetime) -> None:
        """Store an event; later findings are added to its reasons."""
        known, since = self.unreached.get(found.event_key, (found, now))
        reasons = tuple(sorted({*known.reasons, *found.reasons}))
        self.unreached[found.event_key] = replace(found, reasons=reasons), since

    def take_turn(self, person: str, asking: UUID, once_per: timedelta, now: datetime) -> bool:
        """Give the person's turn to a survey, unless another one has it."""
        holder, since = self.survey_turns.get(person, (asking, now))
        busy = holder != asking and since > now - once_per and self._may_reach(person, holder)
        if not busy:
            self.survey_turns[person] = asking, now
        return not busy

    def has_asked(self, person: str, reminding: UUID, once_per: timedelta, now: datetime) -> bool:
        """Return whether a survey has the turn and was accepted."""
        holder, since = self.survey_turns.get(person, (None, now))
        return (
            holder == reminding
            and since > now - once_per
            and any(row.message.state in _ACCEPTED for row in self._first_of(person, reminding))
        )

    def _may_reach(self, person: str, event_key: UUID) -> bool:
        over = {*LOST, State.CANCELLED}
        return any(
            row.message.state not in over or row.attempts > self._answers(row.message.id)
            for row in self._first_of(person, event_key)
        )

    def _answers(self, message_id: UUID) -> int:
        """Return how many calls have a certain answer."""
        mine = [attempt.outcome for attempt in self.attempts.values() if attempt.message_id == message_id]
        return sum(outcome in {"accepted", "transient", "permanent"} for outcome in mine)

    def _first_of(self, person: str, event_key: UUID) -> list[Row]:
        """Return the messages of an event to a person but for its reminders."""
        return [
            row
            for row in self.messages.values()
            if (row.message.person, row.message.event_key) == (person, event_key)
            and row.message.occasion == "initial"
        ]

    def slots_of(self, people: Collection[str]) -> list[ContactSlot]:
        """Return the contacts of these people that count."""
        return [
            slot
            for slot, _ in self.contact_slots.values()
            if slot.person in people
            and (slot.spent or self.messages[slot.message_id].message.state in {*UNSENT, State.SENDING})
        ]

    def place_of_clock(self, clock: Clock) -> str | None:
        opened = None if clock.opened_by is None else self.events.get(clock.opened_by)
        stated: str | None = clock.context.get("copropiedad_id")
        return stated or (None if opened is None else opened.copropiedad_id)

    def is_overtaken(self, message: Message) -> bool:
        """Return whether the person has a message of a later step of the same promise."""
        stored = self.events[message.event_key]
        clock_id = stored.event.data.get("clock_id") if message.event in NEWS else None
        return clock_id is not None and any(
            (later.person, later.channel, later.purpose) == (message.person, message.channel, message.purpose)
            and later.state not in {*LOST, State.CANCELLED}
            and (newer := self.events[later.event_key]).event.time > stored.event.time
            and (newer.case, newer.event.data.get("clock_id")) == (stored.case, clock_id)
            for later in (row.message for row in self.messages.values())
            if later.event in NEWS
        )

    def suppression(self, message: Message) -> SuppressionStatus | None:
        """Return why the message must not be sent to its address, or None."""
        gone = self.suppressions.get((message.address, message.channel))
        if gone is not None and not gone.lifted:
            return SuppressionStatus(
                reason="gone" if gone.provider else "suppressed", since=gone.since, until=gone.until
            )
        return None

    def contact(self, message: Message, now: datetime) -> ContactFacts:
        """Return the contact facts of a claim."""
        asked = message.purpose in NEED_CONSENT
        return ContactFacts(
            statements=counting(self._statements(message), at=now) if asked else (),
            opted_out=self._opted_out(message) if asked else None,
            rests=message.rests,
            weeks=self.directory.weeks_of(message.person, now) if message.rests else (),
            preferences=self.directory.preferences.get(message.person),
            mark=self.directory.marks.get(message.person),
            pays=not asked or self._pays(message, now),
        )

    def _pays(self, message: Message, now: datetime) -> bool:
        unit_id = self.events[message.event_key].unit_id
        return message.event not in TO_PAYERS or self.directory.pays(message.person, unit_id, now)

    def _opted_out(self, message: Message) -> str | None:
        addresses = {message.address, message.address.lower()}
        for (address, purpose), opt_out in self.opt_outs.items():
            named = address in addresses or opt_out.person == message.person
            if purpose == message.purpose and named and not opt_out.lifted:
                return opt_out.reason
        return None

    def _statements(self, message: Message) -> list[Consent]:
        about = message.person, message.purpose
        return [consent for consent in self.consents.values() if (consent.person, consent.purpose) == about]

    def step_of(self, message: Message) -> list[Message]:
        """Return all messages of the same step."""
        key = step_key(message)
        same = [row.message for row in self.messages.values() if row.message.event_key == message.event_key]
        return [other for other in same if step_key(other) == key]

    def wait(self, message_id: UUID, until: datetime | None) -> None:
        row = self.messages[message_id]
        self.messages[message_id] = replace(row, message=structs.replace(row.message, next_at=until))


def step_key(message: Message) -> tuple[object, ...]:
    """Return the fields that all messages of one step share."""
    return message.event_key, message.person, message.audience, message.occasion, message.step


class Statements:
    """Base of the parts of the memory store. `faults` applies to their methods by name."""

    def __init__(self, now: Now) -> None:
        self.tables = Tables()
        self.faults = Faults()
        self._now = now
        self._lock = asyncio.Lock()

    async def _statement(self, name: str) -> Tables:
        """Wait for the transaction that is open. A statement runs on the tables without awaiting anything."""
        self.faults.meet(name)
        async with self._lock:
            return self.tables
