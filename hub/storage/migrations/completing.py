"""
Indexes of events, messages and attempts that are built beside writers, after the upgrade's transaction.

A migration makes an index `ON ONLY` the divided table, which reads nothing. The part of each month is built
here, `CONCURRENTLY`: nobody waits while rows are read. With its last part the index of the whole is valid.
The next upgrade goes on with what was interrupted.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

import asyncpg

from hub.storage.database import load

_SQL: Final = load("indexes")
_WHOLE: Final = re.compile(r"^CREATE INDEX \S+ ON ONLY \S+ ")
_PAUSE: Final = 0.2
"""Seconds between two tries for a lock: who waited for it within a statement would hold up the other."""
_WAITS: Final = 100
"""Milliseconds for which a statement may wait for a lock and hold up others."""


async def complete(connection: Any) -> int:
    """Build what is missing, in no transaction; return how many. Only the owner of the tables finds some."""
    if not await connection.fetch(_SQL["missing"]):
        return 0
    while not await connection.fetchval(_SQL["one_at_a_time"]):  # noqa: ASYNC110 - another process has it
        await asyncio.sleep(_PAUSE)
    try:
        missing = await connection.fetch(_SQL["missing"])
        for left in await connection.fetch(_SQL["left_over"]):
            await connection.execute(f"DROP INDEX CONCURRENTLY {left['name']}")
        for each in missing:
            await _build(connection, each)
        return len(missing)
    finally:
        await connection.execute(_SQL["done"])


async def _build(connection: Any, missing: Any) -> None:
    """Build a month's part of an index, under the name that PostgreSQL itself would give it."""
    # Also of an empty month: a statement that waits for a lock there would hold up who comes after it.
    statement = _WHOLE.sub(f"CREATE INDEX CONCURRENTLY ON {missing['month']} ", missing["definition"])
    before = await _indexes(connection, missing["month"])
    await connection.execute(statement)
    [made] = await _indexes(connection, missing["month"]) - before
    await _attach(connection, missing["whole"], made)


async def _attach(connection: Any, whole: str, part: str) -> None:
    # It needs the part for itself, and whoever comes while it waits for a slow transaction waits behind it.
    while True:
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = {_WAITS}")
                await connection.execute(f"ALTER INDEX {whole} ATTACH PARTITION {part}")
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(_PAUSE)
        else:
            return


async def _indexes(connection: Any, month: str) -> set[str]:
    return {row["name"] for row in await connection.fetch(_SQL["of_month"], month)}
