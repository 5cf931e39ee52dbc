"""Intake and delivery over PostgreSQL, with a count of its statements."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asyncpg import Record

from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Rendered
from hub.storage.database import Database, Transaction
from hub.storage.pauses import PostgresPauses
from hub.testing import (
    MemoryEmail,
    MemoryInbox,
    MemoryPush,
    MemorySms,
    MemoryThrottle,
    SettableClock,
)
from tests.integration.working_hub import WorkingHub
from tests.unit.factories import MONDAY, POLICY


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


class CountingHub(WorkingHub):
    """Its statements are counted; the providers are doubles."""

    database: CountingDatabase

    def __init__(self, database: CountingDatabase) -> None:
        clock = SettableClock(MONDAY)
        channels = [MemoryEmail(), MemorySms(), MemoryPush(), MemoryInbox()]
        deps = DeliveryDeps(
            channels={channel.traits.name: channel for channel in channels},
            render=lambda claimed: Rendered(text=claimed.message.name),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: clock().timestamp()),
            now=clock,
            # Its time stands still: on a busy machine pauses would be read again, and be counted.
            pauses=Pauses(PostgresPauses(database), clock=lambda: 0.0),
        )
        super().__init__(database, deps)
