"""Upgrades of a database with rows: what is locked, what is built beside writers, and what the plan says."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
from sqlalchemy import event as listening
from sqlalchemy.engine import Engine

from hub.storage import migrations
from hub.storage.migrations import completing, upgrading
from tests.acceptance.harness import until
from tests.command_line import command
from tests.for_each import for_each
from tests.integration.test_storage_downgrade import SHAPE, fetch
from tests.made_up_migrations import COLUMNS, INDEXES, LAST, OWN, TABLES
from tests.servers import Servers, connected

ROWS: Final = 3000
BIG: Final = "event|message|attempt"
SCANS: Final = re.compile(
    rf"CREATE (UNIQUE )?INDEX \w+\s+ON ({BIG})(_\w+)?\b|ALTER TABLE ({BIG})\b.*(GENERATED|TYPE|SET NOT NULL)",
    re.DOTALL,
)
AT: Final = f"now() - interval '90 days' * n / {ROWS}"
ID: Final = (
    f"(lpad(to_hex(floor(extract(epoch FROM {AT}) * 1000)::bigint), 12, '0')"
    " || '8' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid"
)
FILL: Final = (
    f"""
    INSERT INTO event (key, time, received_at, planned_at, waiting, source, id, type, case_key, data)
    SELECT {ID}, {AT}, {AT}, {AT}, false, 'urn:crm', n::text, 'co.x.y.v1', 'pqrs_id:' || n,
           jsonb_build_object('subject', 'Fuga en el apartamento ' || n)
    FROM generate_series(1, {ROWS}) AS n
    """,
    f"""
    INSERT INTO message (id, event_key, created_at, audience, step, state, channel, lane, purpose, event,
                         event_id, occasion, person, contact_id, address, name, locale)
    SELECT {ID}, {ID}, {AT}, 0, 0, 'delivered', (ARRAY['sms', 'inbox'])[n % 2 + 1], 'normal', 'service',
           'pqrs.received', n::text, 'initial', 'p-' || n, 'c', 'a', 'María', 'es'
    FROM generate_series(1, {ROWS}) AS n
    """,
    f"""
    INSERT INTO attempt (message_id, at, took, outcome, provider, reference, code)
    SELECT {ID}, {AT}, '1 s', 'accepted', 'smtp', 'r', '250' FROM generate_series(1, {ROWS}) AS n
    """,
    "ANALYZE",
)
FILES: Final = """
SELECT pg_relation_filenode(oid)::text FROM pg_class
WHERE relkind = 'r' AND relname ~ '^(event|message|attempt)(_until_[0-9_]+)?$'
"""
NOT_BUILT: Final = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
ALONE: Final = """
SELECT indexrelid::regclass::text FROM pg_index JOIN pg_inherits AS month ON month.inhrelid = indrelid
WHERE NOT indisunique
  AND NOT EXISTS (SELECT FROM pg_inherits AS attached WHERE attached.inhrelid = indexrelid)
"""
WAITING: Final = "SELECT pid::text FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted"
BUILDING: Final = "SELECT pid::text FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'"
WRITE: Final = "UPDATE message SET name = name WHERE person = 'p-1'"


@pytest.fixture
async def filled(later: None, servers: Servers) -> AsyncIterator[str]:  # noqa: ARG001 - it makes the hub need a later schema
    """A database of the baseline with rows."""
    async with servers.filled_database("large tables", _fill) as url:
        yield url


async def _fill(url: str) -> None:
    async with connected(url) as connection:
        for statement in FILL:
            await connection.execute(statement)


@pytest.fixture
def said() -> Iterator[list[str]]:
    """The statements of the upgrade's transaction."""
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    listening.listen(Engine, "before_cursor_execute", note)
    yield statements
    listening.remove(Engine, "before_cursor_execute", note)


async def test_transaction_builds_no_index_of_a_divided_table_and_writes_none_anew(
    filled: str, said: list[str]
) -> None:
    before = await fetch(filled, FILES)
    await migrations.upgrade(filled)
    after = await fetch(filled, FILES)

    assert any("ADD COLUMN mood" in text for text in said)
    assert [] == [text for text in said if SCANS.search(text)]
    assert before == after


@for_each(
    [
        "CREATE INDEX message_slow ON message (person)",
        "CREATE UNIQUE INDEX x\n    ON event_until_2027_01 (id)",
        "ALTER TABLE attempt ADD COLUMN x text GENERATED ALWAYS AS (code) STORED",
    ]
)
def test_what_reads_or_writes_a_large_table_is_seen(statement: str) -> None:
    assert SCANS.search(statement)


async def test_large_tables_have_the_same_schema_in_the_end_as_empty_ones(
    filled: str, servers: Servers
) -> None:
    await migrations.upgrade(filled)
    async with servers.database() as other:
        await migrations.upgrade(other)
        empty_one = await fetch(other, SHAPE)

    assert empty_one == await fetch(filled, SHAPE)
    assert [] == await fetch(filled, NOT_BUILT)


async def test_writers_do_not_wait_for_an_index_and_an_interrupted_one_is_built_later(filled: str) -> None:
    """A transaction that has written and stays open holds the index up, and nobody else."""
    await migrations.upgrade(filled, to=TABLES)
    await upgrading.upgrade(filled, INDEXES, None)
    left = await fetch(filled, NOT_BUILT)
    async with connected(filled) as slow, connected(filled) as writer, connected(filled) as builder:
        open_one = slow.transaction()
        await open_one.start()
        await slow.execute(WRITE)
        building = asyncio.create_task(completing.complete(builder))
        await until(lambda: _is_building(filled), "the index to be begun")
        await writer.execute("SET lock_timeout = '2s'")
        await writer.execute(WRITE.replace("p-1", "p-2"))
        building.cancel()
        with suppress(asyncio.CancelledError):
            await building
        await open_one.rollback()
    broken = await fetch(filled, NOT_BUILT)
    await migrations.upgrade(filled, to=INDEXES)

    assert {"message_by_name", "message_by_locale", "event_by_data"} == set(left)
    assert set(left) < set(broken)
    assert [] == await fetch(filled, NOT_BUILT)


async def test_writers_do_not_wait_behind_an_upgrade_that_waits_for_a_back_up(filled: str) -> None:
    """Like that of pg_dump, its transaction only reads, and for long."""
    async with connected(filled) as dumping, connected(filled) as writer:
        dump = dumping.transaction()
        await dump.start()
        await dumping.execute("SELECT FROM message LIMIT 1")
        upgrade = asyncio.create_task(migrations.upgrade(filled))
        await until(lambda: _is_waiting(filled), "the upgrade to want the table")
        await writer.execute("SET lock_timeout = '3s'")
        await writer.execute(WRITE)
        begun = not upgrade.done()
        await dump.rollback()
        await upgrade

    assert begun
    assert LAST == await migrations.current(filled)


async def _is_waiting(url: str) -> bool:
    return bool(await fetch(url, WAITING))


class Interrupted:
    """A connection; before its first index is attached, somebody writes and leaves the transaction open."""

    def __init__(self, connection: Any, slow: Any) -> None:
        self._connection, self._slow = connection, slow
        self.reached = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def execute(self, statement: str) -> None:
        if statement.startswith("ALTER INDEX") and not self.reached.is_set():
            await self._slow.execute(WRITE)
            self.reached.set()
        await self._connection.execute(statement)


async def test_writers_do_not_wait_behind_an_index_that_waits_to_be_attached(filled: str) -> None:
    await migrations.upgrade(filled, to=TABLES)
    await upgrading.upgrade(filled, INDEXES, None)
    async with connected(filled) as slow, connected(filled) as writer, connected(filled) as builder:
        open_one = slow.transaction()
        await open_one.start()
        interrupted = Interrupted(builder, slow)
        building = asyncio.create_task(completing.complete(interrupted))
        await interrupted.reached.wait()
        await asyncio.sleep(0.1)  # it waits for the lock by now: that is under test
        await writer.execute("SET lock_timeout = '2s'")
        await writer.execute(WRITE.replace("p-1", "p-2"))
        building.cancel()
        with suppress(asyncio.CancelledError):
            await building
        await open_one.rollback()
    await migrations.upgrade(filled, to=INDEXES)

    assert [] == await fetch(filled, NOT_BUILT)
    assert [] == await fetch(filled, ALONE)


async def _is_building(url: str) -> bool:
    return bool(await fetch(url, BUILDING))


async def test_user_of_the_roles_leaves_what_is_not_built_to_the_owner(filled: str) -> None:
    await migrations.upgrade(filled, to=TABLES)
    await upgrading.upgrade(filled, INDEXES, None)
    async with connected(filled) as roles:
        await roles.execute("SET ROLE hub_app")
        built = await completing.complete(roles)

    assert (0, 3) == (built, len(await fetch(filled, NOT_BUILT)))


async def test_plan_says_what_each_migration_locks_and_changes_nothing(filled: str) -> None:
    before = await fetch(filled, SHAPE)
    done = await command({"HUB_DATABASE_URL": filled}, "db", "upgrade", "--plan", "--json")
    screen = await command({"HUB_DATABASE_URL": filled}, "db", "upgrade", "--plan")
    plan = json.loads(done.out)
    locks = {
        (item["revision"], lock["table"], lock["why"]): lock
        for item in plan["items"]
        for lock in item["locks"]
    }
    words = locks[INDEXES, "event", "builds an index beside writers"]
    column = locks[COLUMNS, "message", "changes no row"]

    assert before == await fetch(filled, SHAPE)
    assert (OWN, LAST) == (plan["current"], plan["needed"])
    assert (ROWS, False) == (words["rows"], words["holds_writers"])
    assert (ROWS, "ACCESS EXCLUSIVE", True) == (column["rows"], column["lock"], column["holds_writers"])
    assert (COLUMNS, "message", "changes up to all rows") in locks
    assert (LAST, "event", "reads all rows, to fill another table") in locks
    assert 0 < plan["writers_wait"] < 5
    assert "ACCESS EXCLUSIVE" in screen.out
    assert f"from {OWN} to {LAST}" in screen.out


async def test_plan_of_what_is_up_to_date_is_empty(database: str) -> None:
    plan = await migrations.plan(database)

    assert ([], 0, 0) == (plan.items, plan.writers_wait, plan.beside)


async def test_plan_of_an_empty_database_locks_nothing_and_of_an_unknown_one_is_refused(empty: str) -> None:
    plan = await migrations.plan(empty)
    async with connected(empty) as connection:
        await connection.execute("CREATE TABLE alembic_version AS SELECT '9999' AS version_num")
    unknown = await command({"HUB_DATABASE_URL": empty}, "db", "upgrade", "--plan")

    assert (None, migrations.HEAD, 0) == (plan.current, plan.needed, plan.beside)
    assert [] == [lock for item in plan.items for lock in item.locks]
    assert (1, True) == (unknown.code, "There is no way from schema 9999" in unknown.err)
