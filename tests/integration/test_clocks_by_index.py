"""Queries of the timers every few seconds: they never read all clocks."""

from __future__ import annotations

import asyncpg
import pytest

from hub.storage import Database
from hub.storage.clocks import save
from hub.storage.database import load
from tests.contract.values import clock

CLOCKS = 3_000


@pytest.mark.parametrize(
    ("statement", "types", "given"),
    [
        ("of_other_calendars", "text, bigint", "'2026', 500"),
        ("due", "bigint, interval, interval", "500, '10 s', '1000 years'"),
    ],
)
async def test_a_look_for_few_clocks_goes_by_an_index(
    database: str, statement: str, types: str, given: str
) -> None:
    async with Database(database) as opened:
        await save(opened, [clock(str(number), calendar="2026") for number in range(CLOCKS)])
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("ANALYZE clock")
        # As the hub's own statements are planned once they have been asked often: for any arguments.
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE look ({types}) AS {load('clocks')[statement]}")
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE look ({given})"))
    finally:
        await connection.close()

    assert "Index Scan" in plan
    assert "Seq Scan" not in plan
