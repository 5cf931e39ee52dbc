"""Intake in PostgreSQL: one transaction for everything that a batch changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hub.model import Event
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
from hub.storage.database import Store, Transaction


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
