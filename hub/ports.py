"""
The few interfaces that cross the network.

Use cases see only these; `hub.storage`, `hub.channels` and `hub.consumers` implement them for
real, `hub.testing` in memory. Every method may raise `hub.errors.Unavailable` (of its kind) when
its server does not answer; whoever calls must be able to be called again with the same arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hub.audience import Group
from hub.model import (
    Accepted,
    ChannelTraits,
    Claimed,
    Clock,
    DeadLetter,
    Event,
    Json,
    Lane,
    Message,
    Outcome,
    Outgoing,
    Party,
    Person,
    StoredEvent,
)

Now = Callable[[], datetime]
"""Tells the time, aware UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Work for one queue: 1–100 ids of messages that were committed together."""

    channel: str
    lane: Lane
    ids: tuple[UUID, ...]


class Channel(Protocol):
    """One way to reach people. Raises only `TransientFailure` and `PermanentFailure` from `send`."""

    @property
    def traits(self) -> ChannelTraits:
        """A class attribute of most; a folder or a guard takes those of the channel it stands for."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        """Hand the message to the provider. The caller bounds it with its own time-out as well."""

    async def aclose(self) -> None:
        """Close what it holds open."""


class IntakeTransaction(Protocol):
    """One database transaction of intake. Rows are sorted by key by the implementation."""

    async def apply_directory(self, events: Sequence[Event]) -> None:
        """Apply `directory.*` events in order; an older `version` than the stored one never wins."""

    async def add_events(self, events: Sequence[StoredEvent]) -> frozenset[UUID]:
        """Insert; answer the keys that are new. A pair (source, id) that is stored already is not new."""

    async def mark_planned(self, keys: Collection[UUID]) -> None:
        """Set `planned_at` and take back `waiting`."""

    async def unplanned(self, keys: Collection[UUID]) -> frozenset[UUID]:
        """Answer which of these have no `planned_at`."""

    async def waiting_events(self, cases: Collection[str]) -> Sequence[StoredEvent]:
        """Answer the events of these cases that wait for a party, oldest first."""

    async def add_parties(self, parties: Sequence[Party]) -> None:
        """Remember; for a pair (case, who) the latest `since` wins."""

    async def parties(self, cases: Collection[str]) -> Mapping[tuple[str, str], Json]:
        """Answer (case, who) → recipients."""

    async def places(self, units: Collection[str]) -> Mapping[str, str]:
        """Answer unit_id → copropiedad_id for the units that are known."""

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        """Look up; each group's people sorted by ref, without repetition."""

    async def people_page(self, group: Group, after: str, limit: int) -> Sequence[Person]:
        """Answer up to `limit` people of a broad group with a ref greater than `after`, sorted."""

    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""

    async def queued_messages(self, event_keys: Collection[UUID]) -> Sequence[Message]:
        """Answer the messages of these events that are still `queued`."""

    async def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        """Insert; the same bytes again only count up."""

    async def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """Lock these cases (sorted), then answer all their events. The lock ends with the transaction."""

    async def clocks(self, cases: Collection[str]) -> Sequence[Clock]:
        """Answer the clocks of these cases."""

    async def save_clocks(self, clocks: Sequence[Clock]) -> None:
        """Insert or replace. `fired` never goes back: the greater of stored and given is kept."""


class IntakeStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[IntakeTransaction]:
        """
        Open a transaction; commit at the end of the block, roll back when it raises.

        Deadlocks and serialisation failures surface as `hub.errors.StorageConflict` (try again),
        a value that PostgreSQL refuses as `hub.errors.StorageRefused` (bisect).
        """


class DeliveryStore(Protocol):
    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        """
        Take the messages that may be sent now, with one statement.

        That is: `queued`, or `held`, `retrying` or `sending` whose `next_at` has come. They become
        `sending`, `next_at` the lease's end, attempt + 1. Rows locked by another worker are skipped.
        """

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        """
        Write outcomes and their attempts with one statement; answer the ids that took effect.

        Conditional on the token: a row whose lease went to somebody else is left alone (its
        attempt is kept all the same). A row that a receipt moved on meanwhile is not moved back.
        """

    async def step_failed(self, messages: Sequence[Message]) -> frozenset[UUID]:
        """Answer those whose step has failed as a whole (event, person, audience, occasion, step)."""

    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""


class TimerStore(Protocol):
    async def release(self, ids: Collection[UUID]) -> Sequence[Ticket]:
        """
        Make `queued` again, and ticket, those of these messages whose `next_at` has come.

        A conditional update on `next_at` of `held`, `retrying` and (a lease that ended) `sending`
        rows: that is the fence, whoever fires twice. It clears `next_at` and starts the sweep age.
        """

    async def release_due(self, limit: int) -> Sequence[Ticket]:
        """Do the same for any message, from SQL alone: orphans of dead workers, lost appointments."""

    async def broken_cascades(self, limit: int) -> Sequence[Message]:
        """
        Answer failed messages whose next step was never made, because a worker died in between.

        Those with a `fallback`, whose whole step has failed, and without a row of the step after it.
        """

    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""

    async def stale_queued(
        self, channel: str, lane: Lane, sweep_after: timedelta, limit: int
    ) -> Sequence[Ticket]:
        """
        Make tickets for `queued` messages of this queue older than their sweep age.

        None while a lease of this queue lives (a row of it is `sending`), for then it is being worked
        on. Their age starts anew and doubles with each sweep, so that a backlog never multiplies.
        """

    async def clocks_by_id(self, ids: Collection[UUID]) -> Sequence[Clock]:
        """Answer these clocks."""

    async def due_clocks(self, limit: int) -> Sequence[Clock]:
        """Answer clocks whose next step has come, from SQL alone."""

    async def advance(self, clock: Clock, *, expected_fired: int) -> bool:
        """Write state, level and `fired` if it still stands at `expected_fired` and has not ended."""

    async def waiting_appointments(
        self, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, Lane, datetime]]:
        """Page through the messages with a `next_at` that are `held` or `retrying`, to arm them again."""

    async def live_clocks(self, after: UUID | None, limit: int) -> Sequence[Clock]:
        """Page through the clocks that have not ended."""


class Appointments(Protocol):
    """
    What must happen later, and the live boards of clocks. Redis may be away: callers go on without.

    Members are `m:<uuid>` for a message and `c:<uuid>` for a clock.
    """

    async def arm_messages(self, items: Sequence[tuple[UUID, Lane, datetime]]) -> None:
        """Set when each message wants to be looked at again."""

    async def track_clocks(self, clocks: Sequence[Clock]) -> None:
        """Put each clock on its board and arm its next step; an ended one leaves all boards."""

    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:
        """Take due members, urgent first; their scores go 30 s ahead, so that a crash repeats them."""

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None:
        """Remove members whose score is still the claimed one."""

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        """Answer the clocks on the board `open`, `at_risk` or `breached`, soonest due first."""

    async def intact(self) -> bool:
        """Tell whether the epoch key is there; false after a flush or on an empty server."""

    async def begin_epoch(self) -> None:
        """Say that everything has been armed again."""


class Publisher(Protocol):
    """Publishing with confirms: a return without an exception means that the broker has it, durably."""

    async def tickets(self, tickets: Sequence[Ticket]) -> None:
        """Publish each to its queue."""

    async def event(self, event: Event) -> None:
        """Publish to `domain.events`, structured JSON, so that it enters at the top."""

    async def depth(self, channel: str, lane: Lane) -> int:
        """Answer how many tickets of a queue wait for a consumer."""

    async def replay(self, letter: DeadLetter) -> None:
        """Publish a dead letter's bytes to `domain.events` again, as they came."""

    async def notice(self, event: Event) -> None:
        """Publish to the exchange `hub.events.out` only; nobody listening is not a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list, in the shapes of the API; `next` is the cursor of the part after it."""

    items: Sequence[Mapping[str, Json]]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """What a list of messages is narrowed to; None does not narrow."""

    state: str | None = None
    channel: str | None = None
    event: str | None = None
    event_id: str | None = None
    person: str | None = None
    since: datetime | None = None


class LogStore(Protocol):
    """What operators look at. Newest first; the shapes are those of "Names that stay" in the design."""

    async def messages(self, narrowed: MessageFilter, *, after: str | None, limit: int) -> Page:
        """List messages, the person as a reference, without name and address."""

    async def message(self, message_id: UUID) -> Mapping[str, Json] | None:
        """Show one message whole: also its attempts, skipped channels, masked name and address."""

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Mapping[str, Json]]:
        """Show these clocks in the order asked."""

    async def recent_clocks(self, *, state: str | None, after: str | None, limit: int) -> Page:
        """List clocks from SQL, for ended ones and for when Redis is away."""

    async def dead(self, *, state: str | None, after: str | None, limit: int) -> Page:
        """List dead letters; `state` is `open`, `replayed` or `discarded`."""

    async def dead_letter(self, letter_id: UUID) -> DeadLetter | None:
        """Answer one dead letter whole."""

    async def settle_dead(self, letter_id: UUID, *, state: str, times: int | None = None) -> bool:
        """
        Set `replayed` or `discarded`; false when it was settled already or is unknown.

        Also false when its bytes have come more than the given `times`: a replay that has failed again
        by now stays open.
        """

    async def inbox(self, person: str, *, limit: int) -> Sequence[Mapping[str, Json]]:
        """Answer the in-app messages of a person."""

    async def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Count messages by state, clocks by state, dead letters by state, for the page and metrics."""
