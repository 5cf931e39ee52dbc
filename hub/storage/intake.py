"""Intake in PostgreSQL: one transaction for everything that a batch changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final, cast
from uuid import UUID, uuid4

from hub.model import Claimed, Event
from hub.model.ids import span
from hub.storage import (
    audiences,
    cases,
    clocks,
    consents,
    dead_letters,
    directory,
    documents,
    events,
    extensions,
    held_events,
    messages,
    people,
    posters,
    recalls,
    unreached,
)
from hub.storage.database import Database, Store, Transaction, load
from hub.storage.delivery import PostgresDelivery


class PostgresIntake(Store):
    """The IntakeStore, and what is stored of events and cases, as a door asks before it publishes."""

    other_content = events.other_content
    owners = events.owners

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresIntakeTransaction]:
        async with self._database.transaction() as transaction:
            yield PostgresIntakeTransaction(transaction)


class PostgresIntakeTransaction:
    """The IntakeTransaction. It is a Runner, so the functions of other modules serve as its methods."""

    def __init__(self, transaction: Transaction) -> None:
        self.rows = transaction.rows

    add_events = events.add
    expel = events.expel
    other_content = events.other_content
    mark_planned = events.mark_planned
    recall = recalls.add
    place_events = events.place
    unplanned = events.unplanned
    waiting_events = events.waiting
    lock_cases = cases.lock
    case_states = cases.states
    lock_case_states = cases.lock_states
    save_case_states = cases.save
    case_events = events.since
    add_parties = events.add_parties
    parties = events.parties
    places = people.places
    people_page = people.page
    add_consents = consents.add
    add_messages = messages.add
    end_reminders = messages.end_reminders
    end_collection = messages.end_collection
    queued_messages = messages.queued
    keep_audiences = audiences.keep
    add_unreached = unreached.add
    save_clocks = clocks.save
    keep_extensions = extensions.keep
    ask_documents = documents.ask
    ask_posters = posters.ask
    add_dead_letters = dead_letters.add
    known_held = held_events.known
    hold = held_events.hold
    # Last, because they shadow the modules with the same names.
    people = people.look_up
    clocks = clocks.of_cases
    unreached = unreached.of

    async def apply_directory(self, events: Sequence[Event]) -> None:
        await directory.apply(self, events)


_SQL: Final = load("dry_run")
_LEASE: Final = timedelta(minutes=1)


class _RolledBack(Exception):
    """Ends the transaction."""


class PostgresDryRuns(Store):
    """The DryRunStore; `dated` and `named` are as in PostgresDelivery."""

    def __init__(self, database: Database, dated: Iterable[str], named: Iterable[str]) -> None:
        super().__init__(database)
        self._texts = frozenset(dated), frozenset(named)

    @asynccontextmanager
    async def dry_run(self) -> AsyncIterator[PostgresDryRun]:
        with suppress(_RolledBack):
            async with self._database.transaction() as transaction:
                yield PostgresDryRun(transaction, *self._texts)
                raise _RolledBack


class PostgresDryRun(PostgresIntakeTransaction):
    """The DryRunTransaction: always rolled back, it shows the effects of events by the true statements."""

    def __init__(self, transaction: Transaction, dated: frozenset[str], named: frozenset[str]) -> None:
        super().__init__(transaction)
        # It runs all of its statements here: a database would need a connection of its own for each.
        self._delivery = PostgresDelivery(cast("Database", transaction), dated, named=named)

    async def claim(self, ids: Collection[UUID]) -> Sequence[Claimed]:
        if not ids:
            return ()
        ordered = sorted(ids)
        await self.rows(_SQL["wake"], ordered, *span(ordered))
        return await self._delivery.claim(ordered, token=uuid4(), lease=_LEASE)
