"""PostgreSQL's errors in the hub's words, and connections that come back."""

import asyncio
import re
import socket
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from hub import storage
from hub.errors import ConfigurationError, StorageConflict, StorageRefused, StorageUnavailable
from hub.storage import Database
from hub.storage.connection import ARRAYS
from hub.storage.database import load
from hub.storage.messages import ADD
from tests.contract.values import now

ASKED = "SELECT statement FROM pg_prepared_statements WHERE statement ~ '^WITH RECURSIVE typeinfo'"
"""Questions of asyncpg about the types of another statement."""


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    async with Database(database, size=2) as pool:
        yield pool


@pytest.fixture
async def nowhere() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"postgresql://hub@127.0.0.1:{free.getsockname()[1]}/hub"


async def test_a_hub_starts_while_there_is_no_database(nowhere: str) -> None:
    async with Database(nowhere) as pool:
        with pytest.raises(StorageUnavailable):
            await pool.rows("SELECT 1")
        with pytest.raises(StorageUnavailable):
            async with pool.transaction():
                pytest.fail("there is no transaction")


@pytest.mark.parametrize("url", ["mysql://somebody:secret@localhost/hub", "secret"])
async def test_a_url_of_something_else_is_a_wrong_setting(url: str) -> None:
    async with Database(url) as pool:
        with pytest.raises(ConfigurationError) as wrong:
            await pool.rows("SELECT 1")

    assert "secret" not in str(wrong.value)


async def test_a_database_that_is_not_made_yet_is_waited_for(database: str) -> None:
    async with Database(f"{database}x") as pool:
        with pytest.raises(StorageUnavailable, match="InvalidCatalogNameError"):
            await pool.rows("SELECT 1")


async def test_a_connection_that_the_server_ends_is_replaced(opened: Database, database: str) -> None:
    [row] = await opened.rows("SELECT pg_backend_pid() AS pid")
    await _terminate(database, row["pid"])
    await _eventually(opened)


async def test_known_arrays_are_those_of_postgresql(opened: Database) -> None:
    rows = await opened.rows(
        "SELECT typname, typarray::int, oid::int FROM pg_type"
        " WHERE typname = ANY($1::text[]) AND typnamespace = 'pg_catalog'::regnamespace",
        list(ARRAYS),
    )

    assert ARRAYS == {row["typname"]: (row["typarray"], row["oid"]) for row in rows}


async def test_each_array_of_a_statement_or_column_is_known(opened: Database) -> None:
    statements = "".join(file.read_text() for file in (Path(storage.__file__).parent / "sql").rglob("*.sql"))
    rows = await opened.rows(
        "SELECT typname FROM unnest($1::text[]) AS written JOIN pg_type ON oid = to_regtype(written)"
        " UNION SELECT element.typname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " JOIN pg_type AS element ON element.typarray = atttypid"
        " WHERE NOT attisdropped AND relnamespace = 'public'::regnamespace",
        [*{*re.findall(r"::(\w+)\[\]", statements)}],
    )
    asyncpg_knows, never_leaves_the_server = "text", "regclass"

    assert {row["typname"] for row in rows} <= {*ARRAYS, asyncpg_knows, never_leaves_the_server}


async def test_arrays_are_written_and_read_without_a_question_about_their_types(opened: Database) -> None:
    one, instant = uuid4(), now()
    async with opened.transaction() as run:
        [row] = await run.rows(
            "SELECT $1::uuid[], $2::timestamptz[], $3::jsonb[], $4::bool[], $5::bytea[], $6::smallint[],"
            " $7::interval[]",
            *([one, None], [instant], [b"[1]"], [True], [b"x"], [1, 2], [timedelta(seconds=1)]),
        )
        asked = await run.rows(ASKED)
        await run.rows("SELECT '{pg_type}'::regclass[]")
        of_others = await run.rows(ASKED)

    expected = [one, None], [instant], [[1]], [True], [b"x"], [1, 2], [timedelta(seconds=1)]
    assert expected == tuple(row.values())
    assert [] == asked
    assert [] != of_others


async def test_server_without_room_for_more_locks_is_waited_for(opened: Database) -> None:
    """
    Then a batch is processed again, and no event becomes a dead letter.

    The server only says so: without room for locks, it would refuse them to the tests beside this one, too.
    """
    with pytest.raises(StorageUnavailable):
        await opened.rows("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'out_of_memory'; END $$")
    await opened.rows("SELECT pg_advisory_xact_lock(1)")


async def test_losing_the_connection_in_a_transaction_is_unavailable(opened: Database, database: str) -> None:
    with pytest.raises(StorageUnavailable):
        await _lose_connection(opened, database)
    await _eventually(opened)


async def test_error_of_the_block_stays_itself_when_the_connection_is_gone(
    opened: Database, database: str
) -> None:
    with pytest.raises(ConnectionResetError, match="mine"):
        await _raise_after_loss(opened, database)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 / 0",
        "SELECT 'x'::uuid",
        "SELECT '\\u0000'::jsonb",
        "INSERT INTO party VALUES ('c', 'w', NULL, '{}')",
        "INSERT INTO case_state SELECT string_agg(gen_random_uuid()::text, '') FROM generate_series(1, 500)",
    ],
)
async def test_a_refused_value_is_named_by_its_condition_alone(opened: Database, statement: str) -> None:
    with pytest.raises(StorageRefused, match=r"^SQLSTATE [0-9A-Z]{5}$"):
        await opened.rows(statement)


@pytest.mark.parametrize("value", ["\ud800", 5, 2**70, now()])
async def test_a_value_of_the_wrong_kind_is_refused(opened: Database, value: object) -> None:
    with pytest.raises(StorageRefused):
        await opened.rows("SELECT $1::text", value)


@pytest.mark.parametrize("statement", ["SELECT $1::uuid", "SELECT $1::text::uuid", "SELECT $1::text::jsonb"])
async def test_a_traceback_of_a_refused_value_does_not_quote_it(opened: Database, statement: str) -> None:
    name = "María Peña"  # not in the line that the traceback shows
    with pytest.raises(StorageRefused) as refused:
        await opened.rows(statement, name)

    assert name not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM nothing", "SELECT nothing()", "SELECT * FROM pg_authid"]
)
async def test_a_database_without_our_tables_or_rights_is_one_that_is_away(
    opened: Database, statement: str
) -> None:
    async with opened.transaction() as transaction:
        await transaction.rows("SET LOCAL ROLE pg_monitor")
        with pytest.raises(StorageUnavailable):
            await transaction.rows(statement)


async def test_a_schema_that_changed_is_a_conflict_inside_a_transaction(opened: Database) -> None:
    await opened.rows("CREATE TABLE thing (a int)")

    async def read() -> None:
        async with opened.transaction() as transaction:
            await transaction.rows("SELECT * FROM thing")

    await read()
    await opened.rows("ALTER TABLE thing ADD COLUMN b int")
    with pytest.raises(StorageConflict):
        await read()
    await read()


async def test_a_cancelled_transaction_is_rolled_back_and_its_connection_is_used_again(
    opened: Database,
) -> None:
    begun = asyncio.Event()

    async def hang() -> None:
        async with opened.transaction() as transaction:
            await transaction.rows("INSERT INTO case_state VALUES ('c')")
            begun.set()
            await asyncio.Event().wait()

    hanging = [asyncio.create_task(hang())]
    await begun.wait()
    hanging[0].cancel()
    await asyncio.wait(hanging)

    assert await opened.rows("SELECT * FROM case_state") == []


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        *(
            ("messages", name)
            for name in ("add", "claim", "record", "settle", "step_failed", "release", "release_due")
        ),
        *(
            ("messages", name)
            for name in ("broken_cascades", "unconfirmed", "stop_waiting", "sweep", "waiting")
        ),
        ("pauses", "release_resumed"),
        ("receipts", "by_reference"),
        ("suppressions", "add"),
    ],
)
async def test_plans_do_not_fall_back_to_whole_tables(opened: Database, noun: str, name: str) -> None:
    """The tables are empty here, and plans made now are kept while they grow."""
    statement = ADD if (noun, name) == ("messages", "add") else load(noun)[name]
    nothing = ", ".join(["NULL"] * max(map(int, re.findall(r"\$(\d+)", statement)), default=0))
    async with opened.transaction() as transaction:
        await transaction.rows("SET LOCAL plan_cache_mode = force_generic_plan")
        # The plan of every month: NULL would leave out all of them.
        await transaction.rows("SET LOCAL enable_partition_pruning = off")
        await transaction.rows(f"PREPARE tried AS {statement}")
        rows = await transaction.rows(
            f"EXPLAIN EXECUTE tried ({nothing})" if nothing else "EXPLAIN EXECUTE tried"
        )
        await transaction.rows("DEALLOCATE tried")
    plan = "\n".join(row[0] for row in rows)

    assert "Seq Scan" not in plan
    assert "Hash" not in plan
    assert "Merge Join" not in plan
    assert "Index" in plan


async def _lose_connection(opened: Database, database: str) -> None:
    async with opened.transaction() as transaction:
        [row] = await transaction.rows("SELECT pg_backend_pid() AS pid")
        await _terminate(database, row["pid"])
        await transaction.rows("SELECT 1")


async def _raise_after_loss(opened: Database, database: str) -> None:
    async with opened.transaction() as transaction:
        [row] = await transaction.rows("SELECT pg_backend_pid() AS pid")
        await _terminate(database, row["pid"])
        raise ConnectionResetError("mine")


async def _terminate(database: str, pid: int) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.fetch("SELECT pg_terminate_backend($1, 5000)", pid)
    finally:
        await connection.close()


async def _eventually(opened: Database) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                [row] = await opened.rows("SELECT 1 AS one")
            except StorageUnavailable:
                continue
            assert row["one"] == 1
            return
