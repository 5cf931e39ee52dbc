"""What intake asks of PostgreSQL: one transaction over everything that a batch means."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
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
from hub.storage import (
    audiences,
    clocks,
    consents,
    dead_letters,
    directory,
    events,
    messages,
    people,
    unreached,
)
from hub.storage.database import Database, Transaction


class PostgresIntake:
    """The IntakeStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresIntakeTransaction]:
        """Open a transaction; commit at the end of the block, roll back when it raises."""
        async with self._database.transaction() as transaction:
            yield PostgresIntakeTransaction(transaction)


class PostgresIntakeTransaction:
    """The IntakeTransaction: each method is a function of the noun that it is about."""

    def __init__(self, run: Transaction) -> None:
        self._run = run

    async def apply_directory(self, applied: Sequence[Event]) -> None:
        """Apply `directory.*` events; an older version than the stored one never wins."""
        await directory.apply(self._run, applied)

    async def add_events(self, added: Sequence[StoredEvent]) -> Mapping[UUID, bool]:
        """Insert; answer the keys that are new, each with whether its copropiedad is known."""
        return await events.add(self._run, added)

    async def add_consents(self, said: Sequence[Consent]) -> None:
        """Keep what people said yes and no to; a yes ends the BAJA before it."""
        await consents.add(self._run, said)

    async def mark_planned(self, keys: Collection[UUID]) -> None:
        """Set `planned_at` and take back `waiting`."""
        await events.mark_planned(self._run, keys)

    async def place_events(self, placed: Collection[StoredEvent]) -> None:
        """Say where events happened that were taken in without; what is known already stays."""
        await events.place(self._run, placed)

    async def unplanned(self, keys: Collection[UUID]) -> frozenset[UUID]:
        """Answer which of these have no `planned_at`."""
        return await events.unplanned(self._run, keys)

    async def waiting_events(self, cases: Collection[str]) -> Sequence[StoredEvent]:
        """Answer the events of these cases that wait for a party, oldest first."""
        return await events.waiting(self._run, cases)

    async def add_parties(self, parties: Sequence[Party]) -> None:
        """Remember; for a pair (case, who) the latest `since` wins."""
        await events.add_parties(self._run, parties)

    async def parties(self, cases: Collection[str]) -> Mapping[tuple[str, str], Json]:
        """Answer (case, who) → recipients."""
        return await events.parties(self._run, cases)

    async def places(self, units: Collection[str]) -> Mapping[str, str]:
        """Answer unit_id → copropiedad_id for the units that are known."""
        return await people.places(self._run, units)

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        """Look up; each group's people sorted by ref, without repetition."""
        return await people.look_up(self._run, groups)

    async def people_page(self, group: Group, after: str, limit: int) -> Sequence[Person]:
        """Answer up to `limit` people of a broad group with a ref greater than `after`, sorted."""
        return await people.page(self._run, group, after, limit)

    async def add_messages(self, added: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""
        await messages.add(self._run, added)

    async def end_reminders(self, ended: Mapping[str, datetime]) -> None:
        """Cancel what waits to remind of the events of these cases up to these instants."""
        await messages.end_reminders(self._run, ended)

    async def keep_audiences(self, records: Sequence[AudienceRecord]) -> None:
        """Keep whom audiences meant, with the state of the directory that is seen now."""
        await audiences.keep(self._run, records)

    async def add_unreached(self, found: Sequence[Unreached]) -> None:
        """Keep them; what is found of an event later on is added to its reasons."""
        await unreached.add(self._run, found)

    async def unreached(self, event_keys: Collection[UUID]) -> Sequence[Unreached]:
        """Answer those of these events that are kept as not reaching all."""
        return await unreached.of(self._run, event_keys)

    async def queued_messages(self, event_keys: Collection[UUID]) -> Sequence[Message]:
        """Answer the messages of these events that are still `queued`."""
        return await messages.queued(self._run, event_keys)

    async def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        """Insert; the same bytes again only count up."""
        await dead_letters.add(self._run, letters)

    async def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[StoredEvent]]:
        """Lock these cases (sorted), then answer all their events."""
        return await events.lock_cases(self._run, cases)

    async def clocks(self, cases: Collection[str]) -> Sequence[Clock]:
        """Answer the clocks of these cases."""
        return await clocks.of_cases(self._run, cases)

    async def save_clocks(self, saved: Sequence[Clock]) -> None:
        """Insert or replace."""
        await clocks.save(self._run, saved)
