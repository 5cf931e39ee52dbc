"""Intake and delivery over PostgreSQL, with a count of its statements."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asyncpg import Record

from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery.deliver import DeliveryDeps, deliver
from hub.messages.delivery.pausing import Pauses
from hub.model import Event, Rendered
from hub.storage.database import Database, Transaction
from hub.storage.delivery import PostgresDelivery
from hub.storage.intake import PostgresIntake
from hub.storage.pauses import PostgresPauses
from hub.testing import (
    MemoryAppointments,
    MemoryEmail,
    MemoryInbox,
    MemoryKeys,
    MemoryPublisher,
    MemoryPush,
    MemorySms,
    MemoryThrottle,
    SettableClock,
)
from tests.unit.factories import DESK, MONDAY, POLICY, incoming


class CountingDatabase(Database):
    """Counts statements, and two for each transaction: its begin and its commit."""

    statements = 0

    async def rows(self, statement: str, *arguments: object) -> list[Record]:
        self.statements += 1
        return await super().rows(statement, *arguments)

    @asynccontextmanager
    async def transaction(self, **how: Any) -> AsyncIterator[Transaction]:
        self.statements += 2
        async with super().transaction(**how) as run:
            yield _CountingTransaction(run, self)


class _CountingTransaction(Transaction):
    def __init__(self, run: Transaction, database: CountingDatabase) -> None:
        self._run = run
        self._database = database

    async def rows(self, statement: str, *arguments: object) -> list[Record]:
        self._database.statements += 1
        return await self._run.rows(statement, *arguments)


class CountingHub:
    """Intake and delivery over PostgreSQL; the other servers and the providers are doubles."""

    def __init__(self, database: CountingDatabase) -> None:
        self.database = database
        self.publisher = MemoryPublisher()
        self._store = PostgresDelivery(database)
        self._clock = SettableClock(MONDAY)
        self._appointments = MemoryAppointments(self._clock)
        channels = [MemoryEmail(), MemorySms(), MemoryPush(), MemoryInbox()]
        self._deps = DeliveryDeps(
            channels={channel.traits.name: channel for channel in channels},
            render=lambda claimed: Rendered(text=claimed.message.name),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: self._clock().timestamp()),
            now=self._clock,
            pauses=Pauses(PostgresPauses(database)),
        )

    async def take_in(self, *events: Event) -> None:
        await process_batch(
            [incoming(event) for event in events],
            context=DESK,
            senders=SourceBindings(MemoryKeys(self._clock), own="hub"),
            store=PostgresIntake(self.database),
            publisher=self.publisher,
            appointments=self._appointments,
            now=self._clock,
        )

    async def deliver(self) -> int:
        """Deliver all tickets; return their number."""
        tickets = list(self.publisher.published)
        self.publisher.published.clear()
        for ticket in tickets:
            await deliver(
                ticket.ids,
                deps=self._deps,
                store=self._store,
                publisher=self.publisher,
                appointments=self._appointments,
            )
        return len(tickets)
