"""What intake asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import (
    AudienceRecord,
    Clock,
    Consent,
    DeadLetter,
    Event,
    Json,
    Message,
    Party,
    Person,
    StoredEvent,
    Unreached,
)
from hub.people.audience import Group


class IntakeTransaction(Protocol):
    """One database transaction of intake. Rows are sorted by key by the implementation."""

    async def apply_directory(self, events: Sequence[Event]) -> None:
        """Apply `directory.*` events in order; an older `version` than the stored one never wins."""

    async def add_events(self, events: Sequence[StoredEvent]) -> Mapping[UUID, bool]:
        """
        Insert; answer the keys that are new, each with whether the directory has the event's copropiedad.

        A pair (source, id) that is stored already is not new. An event of no copropiedad answers true.
        """

    async def add_consents(self, said: Sequence[Consent]) -> None:
        """
        Keep what people said yes and no to; one that is there stays as it is.

        A yes ends the opt-outs (BAJA, complaints) to its purpose from before it: of the person, and of
        nobody known at an address of the person's.
        """

    async def mark_planned(self, keys: Collection[UUID]) -> None:
        """Set `planned_at` and take back `waiting`."""

    async def place_events(self, placed: Collection[StoredEvent]) -> None:
        """Say where events happened that were taken in without; what is known already stays."""

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

    async def end_reminders(self, ended: Mapping[str, datetime]) -> None:
        """
        Cancel what waits to remind of the events of these cases up to these instants.

        What has gone out already is not followed by the next step of its cascade.
        """

    async def keep_audiences(self, records: Sequence[AudienceRecord]) -> None:
        """
        Keep whom audiences meant, with the state of the directory that is seen now.

        What is known of an audience is replaced; the state only when it is planned at another instant.
        """

    async def add_unreached(self, found: Sequence[Unreached]) -> None:
        """Keep them; what is found of an event later on is added to its reasons."""

    async def unreached(self, event_keys: Collection[UUID]) -> Sequence[Unreached]:
        """Answer those of these events that are kept as not reaching all."""

    async def queued_messages(self, event_keys: Collection[UUID]) -> Sequence[Message]:
        """Answer the messages of these events that are still `queued`."""

    async def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        """Insert; the same bytes again only count up."""

    async def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """Lock these cases (sorted), then answer all their events. The lock ends with the transaction."""

    async def clocks(self, cases: Collection[str]) -> Sequence[Clock]:
        """Answer the clocks of these cases, and keep timers from advancing them until the end."""

    async def save_clocks(self, clocks: Sequence[Clock]) -> None:
        """Insert or replace."""


class IntakeStore(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[IntakeTransaction]:
        """
        Open a transaction; commit at the end of the block, roll back when it raises.

        Deadlocks and serialisation failures surface as `hub.errors.StorageConflict` (try again),
        a value that PostgreSQL refuses as `hub.errors.StorageRefused` (bisect).
        """
