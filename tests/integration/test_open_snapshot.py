"""
A snapshot that is held open, as a back-up does, makes statements no dearer.

It keeps all index entries of rows that were due and are done. Cost is counted in pages read, not in time.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import asyncpg
import pytest
from asyncpg import Record

from hub.channels.registry import QUEUES
from hub.model import ClockState, Message, State, Step, StepKind, StoredEvent
from hub.model.months import month_of
from hub.ports import Ticket
from hub.storage import Database, PostgresDelivery, PostgresIntake, PostgresMonitor, PostgresTimers, lookback
from hub.storage.database import SESSION, load
from tests.contract.stores import stores_in
from tests.contract.values import HOUR, LEASE, NOON, clock, event, message, now, outcome, stored
from tests.integration import counting_hub as budgets
from tests.integration.divided import divide
from tests.integration.test_scrape_speed import fill
from tests.servers import Servers
from tests.unit.budget_events import BUDGETS, batch, town

MESSAGES: Final = 4_000
AT_ONCE: Final = 100
EXPIRED: Final = -HOUR
"""The length of a lease that ended an hour ago: its index entry is among those of due rows."""

ROUNDS: Final = 3
ID: Final = "018f0000-0000-8000-8000-000000000000"
RECORDED: Final = (
    "uuid, uuid[], text[], text[], timestamptz[], timestamptz[], bool[], uuid[], timestamptz[], text[], "
    "text[], text[], text[], interval[], bytea[], bytea[], jsonb[], bytea[], uuid, uuid"
)
"""The types of the arguments of `record`."""
NOTHING: Final = ", ".join(["'{}'"] * 16)
BUSY: Final = ("event", "message", "attempt", "clock", "case_state", "unreached")
TABLES: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND (relname = ANY ($1) OR relispartition)
"""
PAGES_READ: Final = """
SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) AS pages
FROM pg_statio_user_tables
"""

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


class CountingDatabase(Database):
    """Counts the pages that statements read; explains each, in a transaction that is undone, and runs it."""

    pages = 0
    counts = False

    async def rows(self, statement: str, *arguments: object) -> list[Record]:
        if self.counts:
            with suppress(_UndoneError):
                await self._explain(statement, *arguments)
        return await super().rows(statement, *arguments)

    async def _explain(self, statement: str, *arguments: object) -> None:
        async with self.transaction() as run:
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            [row] = await run.rows(explained, *arguments)
            plan = row["QUERY PLAN"][0]["Plan"]
            self.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            raise _UndoneError


class _UndoneError(Exception):
    """Ends a transaction without its changes."""


class House:
    """A hub's stores, as a process has them after its start."""

    def __init__(self, database: CountingDatabase, of: StoredEvent) -> None:
        self.database = database
        self.of = of
        self.intake = PostgresIntake(database)
        self.delivery = PostgresDelivery(database)
        self.timers = PostgresTimers(database)
        self.monitor = PostgresMonitor(database, QUEUES)

    async def pages(self, call: Callable[[], Awaitable[object]]) -> int:
        before = self.database.pages
        self.database.counts = True
        await call()
        self.database.counts = False
        return self.database.pages - before

    async def add(self, number: int, **fields: object) -> Sequence[Message]:
        added = [message(self.of, person=f"p-{uuid4()}", **fields) for _ in range(number)]
        await self.delivery.add_messages(added)
        return added

    async def send(self, sent: Sequence[Message], lease: timedelta = LEASE) -> tuple[int, int]:
        """Claim and record; return the pages of each."""
        token = uuid4()
        claimed = await self.pages(
            lambda: self.delivery.claim([one.id for one in sent], token=token, lease=lease)
        )
        return claimed, await self.pages(
            lambda: self.delivery.record(token, [outcome(one.id) for one in sent])
        )

    async def work(self, number: int) -> None:
        """Send messages whose leases have ended, and start and stop clocks."""
        for _ in range(0, number, AT_ONCE):
            token, sent = uuid4(), await self.add(AT_ONCE)
            await self.delivery.claim([one.id for one in sent], token=token, lease=EXPIRED)
            await self.delivery.record(token, [outcome(one.id) for one in sent])
        clocks = [clock(str(uuid4())) for _ in range(number // 10)]
        async with self.intake.transaction() as transaction:
            await transaction.save_clocks(clocks)
            await transaction.save_clocks(
                [replace(one, state=ClockState.MET, ended_at=NOON, steps=()) for one in clocks]
            )

    async def promise(self, number: int) -> None:
        """Start clocks whose next step is not due for a day."""
        later = Step(kind=StepKind.BREACH, at=now() + 24 * HOUR, from_level=1, to_level=1)
        async with self.intake.transaction() as transaction:
            await transaction.save_clocks([clock(str(uuid4()), steps=(later,)) for _ in range(number)])

    async def release_due(self) -> Sequence[Ticket]:
        return await self.timers.release_due(AT_ONCE, now(), timedelta(0))

    async def looks(self) -> dict[str, int]:
        """Return the pages that each look of timers and monitor reads."""
        return {
            "messages": await self.pages(self.release_due),
            "clocks": await self.pages(lambda: self.timers.due_clocks(AT_ONCE, timedelta(0))),
            "receipts": await self.pages(lambda: self.timers.unconfirmed(AT_ONCE, HOUR)),
            "queues": await self.pages(self.monitor.oldest_waiting),
        }


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    of = stored(event())
    async with CountingDatabase(database) as opened:
        await divide(opened, month_of(NOON), 1)
        await stores_in(opened).add_events(of)
        yield House(opened, of)


@pytest.fixture
async def backup(database: str, house: House) -> AsyncIterator[None]:
    """A back-up that has begun after some work, and goes on."""
    await house.work(5 * AT_ONCE)
    await house.promise(5 * AT_ONCE)
    connection = await asyncpg.connect(database)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    await connection.execute("SELECT FROM message LIMIT 1")
    yield
    await connection.close()


@pytest.mark.usefixtures("backup")
async def test_an_open_snapshot_makes_looks_no_dearer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # The rows of this test are minutes old, and a look of milliseconds counts as a long one.
    monkeypatch.setattr(lookback, "MARGIN", timedelta(0))
    monkeypatch.setattr(lookback, "SHARE", 1_000_000)
    monkeypatch.setattr(lookback, "LONG", 0.0)
    before = await house.looks()
    await house.work(MESSAGES)
    await house.database.rows("ANALYZE")  # autovacuum's, which a snapshot does not keep from it
    later = House(house.database, house.of)
    whole = await later.looks()
    bounded = await later.looks()

    # Twice, because an index with eight times as many entries may be a level higher.
    # A look at the queues is mostly the same probes of each month.
    allowed = {name: (1.4 if name == "queues" else 2) * pages + 20 for name, pages in before.items()}

    # From the beginning each passes over all that is done; a hundredth of the time goes to that.
    assert dict.fromkeys(whole, True) == {name: whole[name] > allowed[name] for name in whole}
    assert dict.fromkeys(whole, True) == {name: bounded[name] <= allowed[name] for name in whole}


@pytest.mark.usefixtures("backup")
async def test_an_open_snapshot_makes_claim_and_record_no_dearer(house: House) -> None:
    before = await house.send(await house.add(AT_ONCE))
    await house.work(MESSAGES)
    after = await house.send(await house.add(AT_ONCE))

    # Eight times as many rows may make an index one level higher.
    assert after[0] <= 1.5 * before[0]
    assert after[1] <= 1.5 * before[1]


@pytest.mark.usefixtures("backup")
async def test_what_falls_due_after_a_long_look_is_found_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "SHARE", 1_000_000)
    monkeypatch.setattr(lookback, "LONG", 0.0)
    await house.looks()
    [held] = await house.add(1, state=State.HELD, next_at=now())
    tickets = await house.release_due()
    waiting = await house.monitor.oldest_waiting()

    assert [(held.id,)] == [tuple(ticket.ids) for ticket in tickets]
    assert {(held.channel, held.lane)} == set(waiting)


@pytest.mark.parametrize(
    ("room", "name", "types", "given"),
    [
        ("messages", "release_due", "bigint, interval, timestamptz, interval", "500, '1 min', now(), '0 s'"),
        ("messages", "unconfirmed", "bigint, interval, interval", "500, '1 h', '1 min'"),
        ("monitor", "oldest_waiting", "text[], text[], interval", "'{email}', '{bulk}', '1 min'"),
    ],
)
async def test_looks_go_by_the_instants_at_which_messages_are_due(
    servers: Servers, room: str, name: str, types: str, given: str
) -> None:
    plan = await plan_of(servers, f"{room}/{name}", types, given)

    # Each month has its own index of these.
    assert re.search(r" message_\w+_(due|next_at_idx)\b", plan)
    assert not re.search(r" message_\w+?_(state|(\d\d|default)_state_created_at_idx)\b", plan)
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("name", "types", "given"),
    [
        (
            "claim",
            "uuid[], uuid, interval, uuid, uuid, text[], text[], text[], text[]",
            f"'{{{ID}}}', '{ID}', '1 min', '{ID}', '{ID}', '{{}}', '{{}}', '{{}}', '{{}}'",
        ),
        ("record", RECORDED, f"'{ID}', '{{{ID}}}', {NOTHING}, '{ID}', '{ID}'"),
        ("release", "uuid[], uuid, uuid", f"'{{{ID}}}', '{ID}', '{ID}'"),
        ("stop_waiting", "uuid[], uuid, uuid", f"'{{{ID}}}', '{ID}', '{ID}'"),
    ],
)
async def test_messages_named_by_their_ids_are_found_by_them(
    servers: Servers, name: str, types: str, given: str
) -> None:
    """The planner believes that next to nothing is queued or due, and would begin with those rows."""
    plan = await plan_of(servers, f"messages/{name}", types, given)
    indexes = set(re.findall(r"(?:using|Index Scan on) (message_\w+)", plan))

    assert indexes
    assert all(index.endswith("_pkey") for index in indexes), indexes


async def plan_of(servers: Servers, statement: str, types: str, given: str) -> str:
    """Return the plan as the hub's own statements are planned: for any arguments."""
    room, name = statement.split("/")
    async with servers.filled_database("ended", fill) as url:
        connection = await asyncpg.connect(url, server_settings=SESSION)
        await connection.execute(f"PREPARE look ({types}) AS {load(room)[name]}")
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE look ({given})"))
        await connection.close()
    return plan


async def test_sweep_finds_what_is_queued_by_its_queue(servers: Servers) -> None:
    types, given = "text, text, interval, bigint, boolean", "'email', 'normal', '1 min', 500, false"
    plan = await plan_of(servers, "messages/sweep", types, given)
    queued = re.findall(r"using (\w+) on [^\n]*\n *Index Cond: [^\n]*'queued'", plan)

    assert queued
    # Each month has its own index of these.
    assert [] == [name for name in queued if not re.search(r"_(queue|channel_lane_state_\w+_idx)$", name)]
    assert "Seq Scan" not in plan


async def test_an_open_snapshot_makes_intake_and_delivery_no_dearer(database: str) -> None:
    """Compared with the same data after the snapshot has gone and all is vacuumed."""
    async with budgets.CountingDatabase(database, size=1) as opened:
        outside = await asyncpg.connect(database)
        for (table,) in await outside.fetch(TABLES, BUSY):  # its own reading must not be counted
            await outside.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        hub = budgets.CountingHub(opened)
        await hub.take_in(*town())
        for turn in range(ROUNDS):
            await pages_of_batches(hub, turn)
        await outside.execute("VACUUM ANALYZE")
        await outside.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        await outside.execute("SELECT FROM message LIMIT 1")
        for turn in range(ROUNDS, 4 * ROUNDS):
            held = await pages_of_batches(hub, turn)
        await outside.execute("COMMIT")
        await outside.execute("VACUUM ANALYZE")
        free = await pages_of_batches(hub, 4 * ROUNDS)
        await outside.close()

    assert dict.fromkeys(held, True) == {name: held[name] <= 1.15 * free[name] for name in held}


async def pages_of_batches(hub: budgets.CountingHub, turn: int) -> dict[str, int]:
    """Take in and deliver a batch of each type; return the pages that it reads."""
    found = {}
    for name in BUDGETS["statements"]:
        before = await _pages_read(hub.database)
        await hub.take_in(*batch(name, turn))
        await hub.deliver()
        found[name] = await _pages_read(hub.database) - before
    return found


async def _pages_read(database: Database) -> int:
    await database.rows("SELECT pg_stat_force_next_flush()")
    [row] = await database.rows(PAGES_READ)
    return int(row["pages"])
