"""A connection to PostgreSQL that outlives the event loops of tests: a new one takes both sides 7 ms."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import asyncpg

LOST: Final = (asyncpg.InterfaceError, asyncpg.PostgresError, OSError)


class KeptConnection:
    """
    Connects at the first statement, and again after the server was away.

    asyncpg's connections keep to the loop that they began in. This loop has a thread of its own, since each
    test runs another one in the main thread.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kept-connection")
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def execute(self, statement: str) -> None:
        await self._there(self._execute(statement))

    async def close(self) -> None:
        await self._there(self._close())
        self._thread.shutdown()
        self._loop.close()

    async def _there(self, work: Coroutine[None, None, None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._loop.run_until_complete, work)

    async def _execute(self, statement: str) -> None:
        if self._connection is None or not await _answers(self._connection):
            self._connection = await asyncpg.connect(self._url, ssl=False)
        await self._connection.execute(statement)

    async def _close(self) -> None:
        if self._connection is not None and await _answers(self._connection):
            await self._connection.close()


async def _answers(connection: asyncpg.Connection[asyncpg.Record]) -> bool:
    try:
        await connection.execute("SELECT")
    except LOST:
        return False
    return True
