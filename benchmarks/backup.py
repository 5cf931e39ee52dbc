"""
The mode `backup`: what a REPEATABLE READ transaction that stays open costs; a back-up holds one.

Of two databases one has such a transaction, from before the first turn until after the last: PostgreSQL
may clean up nothing that ended since. They take turns.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import asyncpg

from benchmarks.contest import Field, contest, open_field, warmed
from benchmarks.contestants import HUB, Contestant
from benchmarks.mode import Option, Outcome, Task
from benchmarks.results import as_json, cost_of, standings, table
from benchmarks.stored import copy_database

OPTIONS: Final = (
    Option(name="rounds", full=10, quick=3, what="how often each database has its turn"),
    Option(name="mails", full=20_000, quick=2_000, what="in each turn"),
)


async def measure(task: Task) -> Outcome:
    rounds, mails = task.sizes["rounds"], task.sizes["mails"]
    task.progress.expect(2 * rounds)
    turns = []
    async with open_field(task.folder, print_line=task.progress.say) as field:
        await warmed(HUB, field)
        plain, held = await _on_a_copy(field, "without"), await _on_a_copy(field, "with")
        began = time.monotonic()
        async with _transaction(held.environment["HUB_DATABASE_URL"]):
            async for turn in contest([plain, held], field, rounds=rounds, mails=mails):
                task.progress.step(f"round {turn.number}  {turn.contestant:<12}{turn.rate:7,.0f} mails/s")
                turns.append(turn)
        seconds = time.monotonic() - began
    cost = cost_of("with", turns, "without")
    return Outcome(
        table=f"with: a transaction was open for {seconds:.0f} s\n\n{table(standings(turns))}",
        measured={} if cost is None else {"backup": cost},
        figures={"seconds": seconds, **as_json(turns)},
    )


async def _on_a_copy(field: Field, name: str) -> Contestant:
    url = await copy_database(field.postgres, name)
    return replace(HUB, name=name, opening=list, environment={"HUB_DATABASE_URL": url})


@asynccontextmanager
async def _transaction(url: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            # The first query takes the snapshot.
            await connection.fetchval("SELECT count(*) FROM message")
            yield
    finally:
        await connection.close()
