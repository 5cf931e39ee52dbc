"""Urgent work has connections to PostgreSQL of its own: other work may hang in all the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.errors import StorageUnavailable
from hub.resilience.right_of_way import RIGHT_OF_WAY
from hub.storage import Database
from hub.storage import database as module
from hub.storage.database import KEPT, POOL_SIZE
from hub.tasks import cancel
from tests.acceptance.harness import until


@asynccontextmanager
async def hanging(database: Database, times: int, holding: list[int]) -> AsyncIterator[None]:
    """Work that is not urgent and keeps its transactions open; `holding` has one entry for each of these."""

    async def hang(number: int) -> None:
        async with database.transaction() as transaction:
            await transaction.rows("SELECT 1")
            holding.append(number)
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(hang(number)) for number in range(times)]
    try:
        yield
    finally:
        await cancel(*tasks)


async def test_an_urgent_statement_finds_a_connection_while_other_work_hangs(opened: Database) -> None:
    holding: list[int] = []
    async with hanging(opened, 2 * POOL_SIZE, holding):
        await until(lambda: len(holding) >= POOL_SIZE - KEPT, "all connections for other work")
        with RIGHT_OF_WAY.taken():
            async with asyncio.timeout(5), opened.transaction() as transaction:
                [row] = await transaction.rows("SELECT 1 AS one")
        assert row["one"] == 1
        assert len(holding) == POOL_SIZE - KEPT


async def test_other_work_that_finds_no_connection_is_told_so(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", 0.2)
    holding: list[int] = []
    async with hanging(opened, POOL_SIZE - KEPT, holding):
        await until(lambda: len(holding) == POOL_SIZE - KEPT, "all connections for other work")
        with pytest.raises(StorageUnavailable):
            await opened.rows("SELECT 1")
    await opened.rows("SELECT 1")


async def test_urgent_work_may_use_all_connections(opened: Database) -> None:
    holding: list[int] = []
    with RIGHT_OF_WAY.taken():
        async with hanging(opened, POOL_SIZE, holding):
            await until(lambda: len(holding) == POOL_SIZE, "all connections")


async def test_a_small_pool_keeps_nothing(database: str) -> None:
    holding: list[int] = []
    async with Database(database, size=2) as small, hanging(small, 2, holding):
        await until(lambda: len(holding) == 2, "both connections")
