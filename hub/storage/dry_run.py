"""
A transaction of intake that is always rolled back: it shows the effects of events by the true statements.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final, cast
from uuid import UUID, uuid4

from hub.model import Claimed
from hub.model.ids import span
from hub.storage.database import Database, Store, Transaction, load
from hub.storage.delivery import PostgresDelivery
from hub.storage.intake import PostgresIntakeTransaction

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
    """The DryRunTransaction."""

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
