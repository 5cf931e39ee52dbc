"""Events, messages and attempts by month, in PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.desk.letters import queries
from hub.errors import StorageConflict, StorageUnavailable
from hub.model import Message, Party, State, StoredEvent
from hub.model.case_state import CaseState
from hub.storage import (
    Database,
    PostgresDelivery,
    PostgresExplain,
    PostgresIntake,
    PostgresLog,
    PostgresMonths,
    PostgresReplies,
    cases,
)
from hub.storage.database import load
from tests.contract.stores import stores_in
from tests.contract.values import LEASE, clock, event, message, outcome, stored
from tests.integration.counting_hub import CountingDatabase, CountingHub
from tests.integration.divided import divide, first, names
from tests.unit.budget_events import batch, town

MAY: Final = first(2026, 5)
HOUR: Final = timedelta(hours=1)


@pytest.fixture
async def months(opened: Database) -> PostgresMonths:
    """March to June of 2026."""
    return await divide(opened, first(2026, 3), 4)


def at(instant: datetime, *, id: str | None = None, **fields: Any) -> StoredEvent:  # noqa: A002 - the field's name
    fields = {"planned": True, **fields}
    return stored(event(id=id or str(uuid4()), time=instant), **fields)


async def add(database: Database, *events: StoredEvent, messages: tuple[Message, ...] = ()) -> set[UUID]:
    async with PostgresIntake(database).transaction() as transaction:
        added = await transaction.add_events(events)
        await transaction.add_messages(messages)
    return set(added)


async def places(database: Database, table: str) -> dict[str, int]:
    rows = await database.rows(
        f"SELECT tableoid::regclass::text AS place, count(*) AS n FROM {table} GROUP BY 1"
    )
    return {row["place"].removeprefix(f"{table}_"): row["n"] for row in rows}


@pytest.mark.usefixtures("months")
async def test_a_row_goes_to_its_month_and_what_has_none_to_the_rest(opened: Database) -> None:
    events = [at(MAY), at(MAY - timedelta(milliseconds=1)), at(first(2099, 1))]
    await add(opened, at(first(1965, 1)), *events, messages=tuple(message(one) for one in events))

    assert await places(opened, "event") == {"2026_04": 1, "2026_05": 1, "default": 2}
    assert await places(opened, "message") == {"2026_04": 1, "2026_05": 1, "default": 1}


async def test_rows_without_a_month_are_moved_when_it_is_made(
    opened: Database, months: PostgresMonths
) -> None:
    july, august = at(first(2026, 7)), at(first(2026, 8))
    sent = message(july)
    await add(opened, july, august, messages=(sent,))
    await PostgresDelivery(opened).claim([sent.id], token=uuid4(), lease=LEASE)
    await opened.rows(
        "INSERT INTO attempt VALUES ($1, now(), '1 s', 'accepted', 'smtp', 'reference', '250')", sent.id
    )
    await months.make(first(2026, 7))

    assert await places(opened, "event") == {"2026_07": 1, "default": 1}
    assert await places(opened, "message") == {"2026_07": 1}
    assert await places(opened, "attempt") == {"2026_07": 1}


@pytest.mark.usefixtures("months")
async def test_a_new_month_is_like_the_others(opened: Database) -> None:
    shapes = await opened.rows(
        "SELECT reloptions, (SELECT count(*) FROM pg_index WHERE indrelid = pg_class.oid) AS indexes,"
        " (SELECT count(*) FROM pg_constraint WHERE conrelid = pg_class.oid) AS constraints"
        " FROM pg_class WHERE relname ~ '^(event|message)_(2026_03|default)$' ORDER BY relname"
    )
    event_march, event_rest, message_march, message_rest = map(tuple, shapes)

    assert (event_march, message_march) == (event_rest, message_rest)
    assert "autovacuum_analyze_scale_factor=0.02" in message_march[0]


@pytest.mark.usefixtures("months")
async def test_a_duplicate_is_one_in_its_month_and_over_the_edge_of_it(opened: Database) -> None:
    for time, is_new in [
        (MAY - HOUR, True),
        (MAY - HOUR, False),
        (MAY - 2 * HOUR, False),
        (MAY + HOUR, False),
        (MAY - HOUR + timedelta(days=30), False),
        (MAY - HOUR - timedelta(days=30), False),
        (MAY - HOUR + timedelta(days=32), True),
    ]:
        assert bool(await add(opened, at(time, id="again"))) is is_new, time


@pytest.mark.usefixtures("months")
async def test_doubles_of_one_batch_over_the_edge_of_a_month_are_one(opened: Database) -> None:
    assert len(await add(opened, at(MAY - HOUR, id="a"), at(MAY, id="a"), at(MAY, id="b"))) == 2


async def test_several_processes_make_the_same_months(opened: Database) -> None:
    store = await divide(opened, first(2026, 3), 1)
    made = await asyncio.gather(*(store.make(MAY) for _ in range(5)), return_exceptions=True)

    assert {type(answer) for answer in made} <= {type(None), StorageConflict}
    assert await names(store) == ["2026_03", "2026_05", "default"]


async def test_a_month_that_was_made_in_part_is_completed(opened: Database, months: PostgresMonths) -> None:
    await opened.rows("DROP TABLE message_2026_06, attempt_2026_06")
    assert "2026_06" not in await names(months)
    await months.make(first(2026, 6))

    assert "2026_06" in await names(months)


async def test_without_the_right_to_make_tables_events_go_to_the_rest(
    opened: Database, months: PostgresMonths, database: str
) -> None:
    name = f"limited_{uuid4().hex}"
    await opened.rows(f"CREATE ROLE {name} LOGIN PASSWORD 'limited'")
    await opened.rows(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
    where = urlsplit(database)
    limited = where._replace(netloc=f"{name}:limited@{where.hostname}:{where.port}").geturl()
    async with Database(limited) as theirs:
        with pytest.raises(StorageUnavailable, match="InsufficientPrivilege"):
            await PostgresMonths(theirs).make(first(2026, 7))
        await add(theirs, at(first(2026, 7)))

    assert await places(opened, "event") == {"default": 1}
    await months.make(first(2026, 7))
    assert await places(opened, "event") == {"2026_07": 1}
    await opened.rows(f"DROP OWNED BY {name}")
    await opened.rows(f"DROP ROLE {name}")


@pytest.fixture
async def backup(database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A transaction that has read the tables and stays open."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def test_a_long_transaction_puts_a_change_off_and_delays_nobody_for_long(
    opened: Database, months: PostgresMonths, backup: asyncpg.Connection[asyncpg.Record]
) -> None:
    await backup.execute("BEGIN; SELECT count(*) FROM event")
    [march, *_] = await months.months()
    changes = asyncio.gather(months.make(first(2026, 7)), months.drop(march), return_exceptions=True)
    async with asyncio.timeout(10):
        while not changes.done():
            await add(opened, at(MAY))

    assert [type(answer) for answer in await changes] == [StorageConflict] * 2
    await backup.execute("ROLLBACK")
    await months.make(first(2026, 7))
    assert await months.drop(march) == {}
    assert await names(months) == ["2026_04", "2026_05", "2026_06", "2026_07", "default"]


async def april(months: PostgresMonths) -> Any:
    return next(month for month in await months.months() if month.name == "2026_04")


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        ({"state": State.QUEUED}, {"messages": 1}),
        ({"state": State.HELD, "next_at": first(2027, 1)}, {"messages": 1}),
        ({"state": State.SENT, "next_at": first(2027, 1)}, {"messages": 1}),
        ({"state": State.FAILED, "purpose": "legal"}, {"messages": 1}),
        ({"state": State.SENT}, {}),
        ({"state": State.FAILED}, {}),
    ],
)
async def test_an_unsettled_message_holds_its_month(
    opened: Database, months: PostgresMonths, fields: dict[str, Any], held: dict[str, int]
) -> None:
    one = at(MAY - HOUR)
    await add(opened, one, messages=(message(one, **fields),))

    assert await months.holding(await april(months)) == held
    assert await months.drop(await april(months)) == held
    assert ("2026_04" in await names(months)) is bool(held)


@pytest.mark.parametrize(
    ("fields", "held"),
    [({"planned": False}, {"events": 1}), ({"planned": False, "waiting": True}, {}), ({}, {})],
)
async def test_an_event_that_is_being_planned_holds_its_month(
    opened: Database, months: PostgresMonths, fields: dict[str, Any], held: dict[str, int]
) -> None:
    await add(opened, at(MAY - HOUR, **fields))

    assert await months.drop(await april(months)) == held


@pytest.mark.parametrize(
    ("ended", "silent", "held"), [(None, False, {"cases": 1}), (None, True, {}), (MAY, False, {})]
)
async def test_a_running_clock_holds_the_months_of_its_case_unless_it_notifies_nobody(
    opened: Database, months: PostgresMonths, ended: datetime | None, silent: bool, held: dict[str, int]
) -> None:
    await add(opened, at(MAY - HOUR))
    running = clock(case="pqrs_id:PQ-1", ended_at=ended)
    steps = () if ended else running.steps
    running = replace(running, promise=replace(running.promise, silent=silent), steps=steps)
    await stores_in(opened).save_clocks(running)

    assert await months.drop(await april(months)) == held


async def dropped(opened: Database, months: PostgresMonths) -> Message:
    """A month with a handed letter in it, which is dropped; return the letter's message."""
    one = at(MAY - HOUR, id="gone")
    letter = message(one, channel="print", state=State.DELIVERED)
    await add(opened, one, messages=(letter,))
    await opened.rows(
        "INSERT INTO letter (id, person, event, name, subject, text, html, handed_over_at)"
        " VALUES ($1, 'p-1', 'pqrs.received', 'María', '', '', '', now())",
        letter.id,
    )
    await opened.rows(
        "INSERT INTO reply (id, message_id, at, revokes, acknowledge, kind, channel, provider, reference,"
        " address, thread, subject, text)"
        " VALUES (gen_random_uuid(), $1, now(), false, true, 'reply', 'email', 'm', 'r', 'a', 't', '', '')",
        letter.id,
    )
    await opened.rows("INSERT INTO unreached (event_key, reasons) VALUES ($1, '{}')", one.key)
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_parties(
            [Party(case="pqrs_id:PQ-1", who="petitioner", recipients=[], since=MAY - HOUR)]
        )
        await transaction.save_case_states({"pqrs_id:PQ-1": CaseState(version="")})
    assert await months.drop(await april(months)) == {}
    return letter


async def test_dropped_month_is_reported_as_missing(opened: Database, months: PostgresMonths) -> None:
    letter = await dropped(opened, months)

    assert await PostgresLog(opened).message(letter.id) is None
    assert await PostgresExplain(opened).events("gone", None) == []
    assert await queries.event_of(opened, letter.id) is None
    assert (await PostgresReplies(opened).about_message(letter.id)).message_id is None
    assert len(await opened.rows(load("replies")["unpublished"], 10)) == 1
    assert await PostgresDelivery(opened).claim([letter.id], token=uuid4(), lease=LEASE) == []
    assert await PostgresDelivery(opened).record(uuid4(), [outcome(letter.id)]) == frozenset()


async def test_what_is_about_dropped_events_is_forgotten_in_batches(
    opened: Database, months: PostgresMonths
) -> None:
    await dropped(opened, months)
    kept = at(MAY + HOUR)
    await add(opened, kept)
    await opened.rows("INSERT INTO unreached (event_key, reasons) VALUES ($1, '{}')", kept.key)
    gap = first(2026, 4), MAY

    assert [await months.forget(gap, 1), await months.forget(gap, 1)] == [2, 0]
    assert await opened.rows("SELECT FROM letter") == []
    assert [row["event_key"] for row in await opened.rows("SELECT event_key FROM unreached")] == [kept.key]


async def test_the_case_of_dropped_events_is_forgotten_unless_an_event_is_left(
    opened: Database, months: PostgresMonths
) -> None:
    await dropped(opened, months)
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_events([at(MAY, case="pqrs_id:PQ-2")])
        await transaction.save_case_states({"pqrs_id:PQ-2": CaseState(version="")})

    assert await months.forget_cases("", 1) == "pqrs_id:PQ-1"
    assert await months.forget_cases("pqrs_id:PQ-1", 1) == "pqrs_id:PQ-2"
    assert await months.forget_cases("pqrs_id:PQ-2", 1) is None
    assert set(await cases.states(opened, ["pqrs_id:PQ-1", "pqrs_id:PQ-2"])) == {"pqrs_id:PQ-2"}
    assert await opened.rows("SELECT FROM party") == []


async def test_a_late_event_of_a_dropped_month_stays_a_day(opened: Database, months: PostgresMonths) -> None:
    await months.drop(await april(months))
    late = at(MAY - HOUR)
    await add(opened, late, messages=(message(late, state=State.SENT),))
    gap = first(2026, 4), MAY
    assert await months.forget(gap, 10) == 0
    await opened.rows("UPDATE event SET received_at = received_at - interval '2 days'")
    await opened.rows("UPDATE message SET updated_at = updated_at - interval '2 days'")

    assert await months.forget(gap, 10) == 2
    assert await places(opened, "event") == {}


TWO_YEARS: Final = 24
OF_ANY_MONTH: Final = ("_expr_idx", "_case_key_time_idx")
READ: Final = """
SELECT indexrelname AS name, relname ~ '_2026_03$' AS ours FROM pg_stat_user_indexes
WHERE idx_scan > 0 AND relname ~ '^(event|message|attempt)_'
"""


async def test_a_statement_of_the_hot_path_reads_one_month(database: str) -> None:
    kinds = ("admin.payment.received", "pqrs.received", "concierge.package.received")
    async with CountingDatabase(database) as opened:
        await divide(opened, first(2025, 3), TWO_YEARS)
        await CountingHub(opened).take_in(*town())
    # Counts reach PostgreSQL when a connection ends.
    async with CountingDatabase(database) as opened:
        await opened.rows("SELECT pg_stat_reset()")
        hub = CountingHub(opened)
        # A duplicate of an event that needed no replay is not among them: it replays its whole case.
        for name, number in itertools.product(kinds, (0, 1)):
            await hub.take_in(*batch(name, number))
        assert await hub.deliver() > 0
    async with Database(database) as looking:
        read = {row["name"]: row["ours"] for row in await looking.rows(READ)}

    assert {"event_2026_03_pkey", "message_2026_03_pkey", "attempt_2026_03_pkey"} <= set(read)
    # Whether an event is a duplicate of one with another time is looked up in the months beside its own; the
    # few events that wait for a party of their case, and earlier ones of a new case, may be of any month.
    others = {index for index, ours in read.items() if not (ours or index.endswith(OF_ANY_MONTH))}
    assert others <= {"event_2026_02_id_source_key", "event_2026_04_id_source_key"}
