"""The database as intake needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import (
    AddedEvent,
    AudienceRecord,
    Claimed,
    Clock,
    Consent,
    DeadLetter,
    Event,
    Json,
    Message,
    Party,
    Person,
    Recall,
    StoredEvent,
    Unreached,
)
from hub.model.case_state import CaseState
from hub.model.documents import DocumentRequest
from hub.model.extensions import Extension
from hub.model.posters import PosterRequest
from hub.model.reviews import KnownHeld, NewHeldEvent
from hub.people.audience import Group


class IntakeTransaction(Protocol):
    """One database transaction of intake. The implementation sorts rows by key."""

    async def apply_directory(self, events: Sequence[Event]) -> None:
        """
        Apply `directory.*` events in order; an older `version` than the stored one never wins.

        One that is too far ahead of it raises VersionJump, which is a StorageRefused.
        """

    async def add_events(self, events: Sequence[StoredEvent]) -> Mapping[UUID, AddedEvent]:
        """
        Insert; return the new keys, each with its known facts. A stored pair (source, id) is not new.

        A case without an owner is the source's of the first event in it; who opens it takes it over once.
        """

    async def other_content(self, events: Mapping[UUID, Event]) -> frozenset[UUID]:
        """
        Return those of these events under whose source and id another type or other data are stored.

        What was erased of an event is not compared.
        """

    async def expel(self, cases: Collection[str]) -> None:
        """
        Take out of these cases what other systems have added before anybody opened them.

        Their events stay stored, and are of no case.
        """

    async def recall(self, recalls: Sequence[Recall]) -> None:
        """
        Store that these events are taken back, and cancel those of their messages that nobody has yet.

        These are unsent messages, letters that nobody has posted or handed over, and unread entries of an
        inbox. A message that is being sent stays its worker's. A message that is stored later for such an
        event is cancelled when it is claimed.
        """

    async def add_consents(self, statements: Sequence[Consent]) -> None:
        """
        Store consents and refusals; those that exist stay as they are.

        A consent ends the earlier opt-outs (BAJA, complaints) from its purpose: those of the person, and
        those of unknown people at an address of the person's.
        """

    async def mark_planned(self, keys: Collection[UUID]) -> None:
        """Set `planned_at` and clear `waiting`."""

    async def place_events(self, placed: Collection[StoredEvent]) -> None:
        """Set the place of events that were stored without one; a known place stays."""

    async def unplanned(self, keys: Collection[UUID]) -> frozenset[UUID]:
        """Return the keys of these events that have no `planned_at`."""

    async def waiting_events(self, cases: Collection[str]) -> Sequence[StoredEvent]:
        """Return the events of these cases that wait for a party, oldest first."""

    async def add_parties(self, parties: Sequence[Party]) -> None:
        """Store parties; for a pair (case, who) the latest `since` wins."""

    async def parties(self, cases: Collection[str]) -> Mapping[tuple[str, str], Json]:
        """Return (case, who) → recipients."""

    async def places(self, units: Collection[str]) -> Mapping[str, str]:
        """Return unit_id → copropiedad_id for the known units."""

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        """Return each group's people, sorted by ref, each person once."""

    async def people_page(
        self, group: Group, after: str, limit: int, then: Group | None = None, *, beyond: bool = False
    ) -> Sequence[Person]:
        """
        Return up to `limit` people of a broad group with a ref greater than `after`, sorted.

        Those of another tower follow the others; `beyond` says that the page before ended among them.
        Where the page has room for them, the first people of `then` follow, who have no role of the group.
        """

    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Insert; a message that exists stays as it is."""

    async def end_reminders(
        self, ended: Mapping[str, datetime], over: Mapping[str, datetime] | None = None
    ) -> None:
        """
        Cancel the pending reminders of these cases' events up to these instants.

        In the cases that are `over`, cancel also the other pending messages of the events before these
        instants, except those that the law requires; and all pending ones of what is `answered_by` a stored
        event. A message that was already sent does not get the next
        step of its cascade.
        """

    async def end_collection(self, ended: Mapping[str, datetime]) -> None:
        """In the same way cancel the pending collection of these cases' events up to these instants."""

    async def keep_audiences(self, records: Sequence[AudienceRecord]) -> None:
        """
        Store the records of audiences, with the version of the directory that is seen now.

        A stored record is replaced, but its directory version only if it was planned at another instant.
        """

    async def add_unreached(self, found: Sequence[Unreached]) -> None:
        """
        Store them, and queue their notices for the webhooks of their publishers.

        Reasons found later are added to those of the event.
        """

    async def unreached(self, event_keys: Collection[UUID]) -> Sequence[Unreached]:
        """Return those of these events that are stored as not reaching all their recipients."""

    async def queued_messages(self, event_keys: Collection[UUID]) -> Sequence[Message]:
        """Return the messages of these events that are still `queued`."""

    async def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        """Insert; a repeat of the same bytes only increments its count."""

    async def lock_cases(self, cases: Mapping[str, bool]) -> None:
        """
        Lock these cases until the transaction ends: for it alone where true, else shared.

        Later calls see all that others have committed while this call waited.
        """

    async def case_states(
        self, cases: Collection[str], begun: Collection[str] = ()
    ) -> Mapping[str, CaseState]:
        """
        Return the states of these cases; a case without any was never replayed.

        A case of `begun` that has no state, but events from before this transaction, gets one of no version:
        with an older catalogue those events may have moved no clock.
        """

    async def lock_case_states(self, cases: Collection[str]) -> Mapping[str, CaseState]:
        """
        Return and lock these states.

        The others that share the lock of a case cannot replay it before this transaction ends.
        """

    async def save_case_states(self, states: Mapping[str, CaseState]) -> None:
        """Insert or replace."""

    async def case_events(self, cases: Mapping[str, datetime | None]) -> Mapping[str, Sequence[StoredEvent]]:
        """Return the events of these cases, each from its instant on; None: all."""

    async def clocks(self, cases: Collection[str], ids: Collection[UUID]) -> Sequence[Clock]:
        """
        Return the clocks of these cases, and those with these ids.

        They are locked against the timers until the transaction ends.
        """

    async def save_clocks(self, clocks: Sequence[Clock]) -> None:
        """Insert or replace."""

    async def keep_extensions(self, extensions: Sequence[Extension]) -> None:
        """
        Store the results of events that asked for an extension; a changed refusal is to be notified.

        For earlier events (not `is_new`) only the stored row changes.
        """

    async def ask_documents(self, requests: Sequence[DocumentRequest]) -> None:
        """Ask for the documents of these events; an event asks once."""

    async def ask_posters(self, posters: Sequence[PosterRequest]) -> None:
        """
        Ask for posters; an audience of an event asks once in each copropiedad.

        One without a copropiedad is asked for in each that the directory has now.
        """

    async def known_held(self, events: Mapping[UUID, Event]) -> Sequence[KnownHeld]:
        """Return what has come before under the sources and ids of these events: held, or stored at once."""

    async def hold(self, held: Collection[NewHeldEvent]) -> None:
        """Hold events, each with the communication by which it is reviewed; those that are there stay."""


class IntakeStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[IntakeTransaction]:
        """
        Open a transaction; commit at the end of the block, roll back if it raises.

        Deadlocks and serialisation failures surface as `hub.errors.StorageConflict` (try again),
        a value that PostgreSQL refuses as `hub.errors.StorageRefused` (bisect).
        """


class DryRunTransaction(IntakeTransaction, Protocol):
    """A transaction of intake of which nothing remains."""

    async def claim(self, ids: Collection[UUID]) -> Sequence[Claimed]:
        """Return these messages as a worker would hold them, also those that wait for an instant."""


class DryRunStore(Protocol):
    def dry_run(self) -> AbstractAsyncContextManager[DryRunTransaction]:
        """
        Open a transaction that is rolled back at the end of the block.

        Raises as that of `IntakeStore`.
        """
