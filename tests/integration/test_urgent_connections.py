"""A long history: rows of one copropiedad are listed and counted by its index, in milliseconds."""

import asyncio
import re
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from hub.errors import StorageUnavailable
from hub.model import State
from hub.model.message_rows import ListedMessage
from hub.ports import MessageFilter
from hub.resilience.right_of_way import RIGHT_OF_WAY
from hub.storage import Database, PostgresLog
from hub.storage import database as module
from hub.storage.database import KEPT, POOL_SIZE, load
from hub.storage.log import MANY
from hub.storage.paging import cursor
from hub.tasks import cancel
from tests.acceptance.harness import until
from tests.integration.test_directory_speed import report

PLACES = 200
"""Copropiedades; one in a thousand of their messages is lost."""
FEW = frozenset({"ph-7", "ph-8", "ph-9"})

# Each month has its own index of these.
BY_PLACE = re.compile(r"(?:using|Scan on) message_\w+_(place|copropiedad_id_state_created_at_idx)\b")
BY_STATE = re.compile(
    r"(?:using|Scan on) message_\w+_(state|\d\d_state_created_at_idx|default_state_created_at_idx)\b"
)

AT_ONCE = 50_000
FILL = """
INSERT INTO message (
    id, event_key, created_at, audience, step, state, channel, lane, purpose, event, event_id, occasion,
    person, contact_id, address, name, locale, copropiedad_id
)
SELECT gen_random_uuid(), gen_random_uuid(), now() - n * interval '7 seconds', 0, 0,
       CASE WHEN n % 1000 = 7 THEN 'failed' ELSE 'delivered' END, 'email', 'normal', 'service',
       'pqrs.received', 'event-' || n, 'initial', 'p-' || n % 50000, 'm', 'somebody@example.com', 'Somebody',
       'es', 'ph-' || n % $3::int
FROM generate_series($1::int + 1, $2::int) n
"""


@pytest.fixture
async def filled(database: str, rows: int) -> AsyncIterator[Database]:
    async with Database(database) as opened:
        for start in range(0, rows, AT_ONCE):
            await opened.rows(FILL, start, min(start + AT_ONCE, rows), PLACES)
        # As autovacuum does, which has the time for it in a hub that lives.
        await opened.rows("ANALYZE message")
        yield opened


async def _timed(question: Callable[[], Awaitable[object]]) -> float:
    took: list[float] = []
    for _ in range(7):
        began = time.perf_counter()
        await question()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def _plan(database: Database, name: str, *asked: object) -> str:
    sql = load("log")
    there = f"AND copropiedad_id = ANY (${len(asked)})"
    fields = (name for name in ListedMessage.__struct_fields__ if name != "letter")
    columns = ", ".join((*fields, sql["letter"]))
    parts = {"narrowed": "true", "there": there, "newest": sql["newest_there"], "columns": columns}
    statement = sql[name].format(**parts)
    rows = await database.rows(f"EXPLAIN (ANALYZE, COSTS OFF, SUMMARY OFF) {statement}", *asked)
    return "\n".join(row["QUERY PLAN"] for row in rows)


@pytest.mark.parametrize("rows", [20_000, pytest.param(200_000, marks=pytest.mark.chaos)])
async def test_what_belongs_to_a_few_copropiedades_is_found_by_its_index(filled: Database, rows: int) -> None:
    log = PostgresLog(filled)
    some, lost = MessageFilter(places=FEW), MessageFilter(places=FEW, state="failed")
    questions: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("a page of theirs", lambda: log.messages(some, after=None, limit=50)),
        ("a page of theirs that are lost", lambda: log.messages(lost, after=None, limit=50)),
        ("their sums", lambda: log.counts(FEW)),
        ("a page of all", lambda: log.messages(MessageFilter(), after=None, limit=50)),
    ]
    took = {name: await _timed(question) for name, question in questions}
    first = *cursor(None), 51, list(State)
    there = await _plan(filled, "messages_there", *first, sorted(FEW))
    sums = await _plan(filled, "live_counts", sorted(FEW)) + await _plan(
        filled, "ended_counts", MANY, sorted(FEW)
    )
    every = await _plan(filled, "messages", *first)
    report(f"{rows} messages, {len(FEW)} copropiedades of {PLACES}, in ms: {took}\n{there}\n{sums}\n{every}")

    assert rows // PLACES * len(FEW) == sum((await log.counts(FEW))["messages"].values())
    assert BY_PLACE.search(there)
    assert BY_PLACE.search(sums)
    assert BY_STATE.search(every)
    assert "Seq Scan on message" not in there + sums + every
    assert max(took.values()) < 250  # milliseconds: under ten are usual


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
