"""Bringing the schema up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from yarl import URL

from hub import sla
from hub.catalog import BY_NAME
from hub.errors import ConfigurationError, StorageUnavailable
from hub.model import HUB_SOURCE, AddedEvent, Clock, Event, StoredEvent
from hub.model.ids import event_key
from hub.model.months import missing, month_of, months_after
from hub.people.brands import brand_of
from hub.storage import Database, PostgresMonths, clocks, migrations
from hub.storage import events as events_of
from hub.storage.database import encode
from hub.storage.migrations import upgrading
from hub.storage.migrations.upgrading import config
from tests.unit.factories import HOUR, MONDAY, POLICY, event


@pytest.fixture
async def empty(database: str) -> str:
    """A database without a schema."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()
    return database


def test_the_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == migrations.HEAD


async def test_an_empty_database_is_refused_with_the_command_to_run(empty: str) -> None:
    assert await migrations.current(empty) is None
    with pytest.raises(ConfigurationError, match="hub db upgrade"):
        await migrations.require_current(empty)


async def test_several_upgrades_at_once_make_one_schema(empty: str) -> None:
    await asyncio.gather(*(migrations.upgrade(empty) for _ in range(4)))

    assert await migrations.current(empty) == migrations.HEAD
    await migrations.require_current(empty)


async def test_who_was_there_before_the_history_is_in_it_from_the_beginning(empty: str) -> None:
    await migrations.upgrade(empty, to="0003")
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute(
            "INSERT INTO person (id, version, removed, digital_access, name, locale)"
            " VALUES ('p-1', 7, false, true, 'María', 'es'), ('p-2', 3, true, true, '', 'es')"
        )
        await connection.execute(
            "INSERT INTO unit (id, version, copropiedad_id, tower, label)"
            " VALUES ('u-1', 2, 'ph-1', '3', 'Apto 301')"
        )
        await migrations.upgrade(empty)
        found = await connection.fetch(
            "SELECT id, version, since < '2000-01-01' AS always, removed, data::text FROM directory_version"
            " WHERE kind = 'person' ORDER BY id"
        )
        [home] = await connection.fetch(
            "SELECT id, version, since < '2000-01-01' AS always, data ->> 'tower' AS tower"
            " FROM directory_version WHERE kind = 'unit'"
        )
    finally:
        await connection.close()

    assert [("p-1", 7, True, False, "{}"), ("p-2", 3, False, True, "{}")] == [tuple(row) for row in found]
    assert ("u-1", 2, True, "3") == tuple(home)


async def test_an_identity_that_was_there_before_has_its_digest(empty: str) -> None:
    await migrations.upgrade(empty, to="0023")
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute(
            "INSERT INTO copropiedad (id, version, name, branding)"
            " VALUES ('ph-1', 1, 'Altos', '{\"color\": \"#1F5C4D\"}'), ('ph-2', 1, 'Casas', NULL)"
        )
        await migrations.upgrade(empty)
        found = await connection.fetch(
            "SELECT brand, sources FROM copropiedad LEFT JOIN template_version ON digest = brand ORDER BY id"
        )
    finally:
        await connection.close()
    brand = brand_of(found[0]["brand"], found[0]["sources"])

    assert brand is not None
    assert {"color": "#1F5C4D"} == brand.data
    assert [None, None] == [found[1]["brand"], found[1]["sources"]]


OLD_CLOCK = """
INSERT INTO clock (
    id, case_key, name, state, started_at, due_at, level, fired, ended_at, steps, step_at, promise
) VALUES ($1, $2, 'first_reply', $3, $4, $5, 2, 3, $6, $7, $8, $9)
"""


async def test_ended_clocks_stay_silent_and_the_others_continue(
    empty: str,
) -> None:
    """A hub of version 0005 left an ended clock the steps that it would not do."""
    running = sla.with_progress(_first_reply(), 3)
    ended = replace(running, id=UUID(int=2), case="pqrs_id:2", ended_at=running.due_at + HOUR)
    await migrations.upgrade(empty, to="0005")
    connection = await asyncpg.connect(empty)
    try:
        for clock in (running, ended):
            at = [step.at for step in clock.steps]
            values = (clock.id, clock.case, clock.state, clock.started_at, clock.due_at, clock.ended_at)
            plain = (encode(clock.steps).decode(), at, encode(clock.promise).decode())
            await connection.execute(OLD_CLOCK, *values, *plain)
    finally:
        await connection.close()
    await migrations.upgrade(empty)
    async with Database(empty) as database:
        known = {clock.id: clock for clock in await clocks.by_id(database, [running.id, ended.id])}
        live = await clocks.live(database, UUID(int=0), 10)

    assert (running.steps, running.next_at) == (known[running.id].steps, known[running.id].next_at)
    assert (ended.steps[:3], None) == (known[ended.id].steps, known[ended.id].next_at)
    assert [running.id] == [clock.id for clock in live]


def _first_reply() -> Clock:
    received = event("pqrs.received")
    clocks_of_it = sla.replay("pqrs_id:1", [received], BY_NAME, POLICY)
    (found,) = [clock for clock in clocks_of_it if clock.name == "first_reply"]
    return found


OLD_ROWS = """
INSERT INTO event (key, time, waiting, source, id, type, case_key, planned_at)
SELECT key, time, false, 'urn:crm', id, 'co.coproservicios.pqrs.received.v1', 'pqrs_id:1', now()
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS given (key, time, id);
"""
OLD_MESSAGES = """
INSERT INTO message (
    id, event_key, created_at, audience, step, state, channel, lane, purpose, event, event_id, occasion,
    person, contact_id, address, name, locale
)
SELECT id, id, now(), 0, 0, 'sent', 'email', 'normal', 'transactional', 'pqrs.received', 'e', 'initial', 'p',
       'c', 'a', 'n', 'es'
FROM unnest($1::uuid[]) AS given (id);
"""
OLD_ATTEMPTS = """
INSERT INTO attempt SELECT id, now(), '1 s', 'sent', 'smtp', 'r', '250' FROM unnest($1::uuid[]) AS given (id)
"""


async def test_stored_events_stay_where_they_are_and_new_ones_go_to_their_month(empty: str) -> None:
    """A row later than this month, from a clock that was wrong, is moved."""
    times = [NOW - 400 * DAY, NOW, NOW + 90 * DAY]
    events = [event("pqrs.received", id=str(n), source="urn:crm", at=time) for n, time in enumerate(times)]
    keys = [event_key(one) for one in events]
    await migrations.upgrade(empty, to="0009")
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute(OLD_ROWS, keys, times, [one.id for one in events])
        await connection.execute(OLD_MESSAGES, keys)
        await connection.execute(OLD_ATTEMPTS, keys)
        before = await connection.fetchval("SELECT pg_relation_filenode('event')")
        indexes = await _indexes(connection)
        await migrations.upgrade(empty)
        stays = await connection.fetchval("SELECT pg_relation_filenode($1::text::regclass)", f"event_{FIRST}")
        kept = [await _kept(connection, table) for table in ("event", "message", "attempt")]
        now_indexed = await _indexes(connection)
    finally:
        await connection.close()
    async with Database(empty) as database:
        months = PostgresMonths(database)
        for month in missing(await months.months(), NOW, 3):
            await months.make(month)
        stored = await events_of.by_key(database, keys)
        added = await add_again(database, events)
        places = await database.rows(
            "SELECT tableoid::regclass::text AS place FROM event WHERE key = $1", keys[-1]
        )

    assert stays == before
    assert kept == [{FIRST: 2, "default": 1}] * 3
    assert indexes - {"event_id_source_key", "attempt_unknown"} <= now_indexed
    assert {key: one.id for key, one in zip(keys, events, strict=True)} == {
        key: row.event.id for key, row in stored.items()
    }
    assert added == {}
    assert [row["place"] for row in places] == [f"event_{times[-1]:%Y_%m}"]


NOW = datetime.now(UTC)
DAY = 24 * HOUR
FIRST = f"until_{months_after(month_of(NOW), 1):%Y_%m}"


async def _kept(connection: asyncpg.Connection[asyncpg.Record], table: str) -> dict[str, int]:
    rows = await connection.fetch(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1")
    return {name.removeprefix(f"{table}_"): count for name, count in rows}


async def _indexes(connection: asyncpg.Connection[asyncpg.Record]) -> set[str]:
    rows = await connection.fetch(
        "SELECT indexname FROM pg_indexes WHERE tablename IN ('event', 'message', 'attempt')"
    )
    return {name for (name,) in rows}


async def add_again(database: Database, events: Sequence[Event]) -> Mapping[UUID, AddedEvent]:
    async with database.transaction() as run:
        return await events_of.add(
            run, [StoredEvent(key=event_key(one), event=one, case="pqrs_id:1") for one in events]
        )


async def test_older_letters_refused_for_their_sender_are_known_by_their_reason(empty: str) -> None:
    await migrations.upgrade(empty, to="0010")
    bound = "this source is bound to a user of RabbitMQ, who must be the delivery's `user_id`"
    connection = await asyncpg.connect(empty)
    try:
        for reason, state in ((bound, "open"), (bound, "discarded"), ("data.radicado: required", "open")):
            await connection.execute(
                "INSERT INTO dead_letter (id, received_at, reason, state, routing_key, headers, body)"
                " VALUES (gen_random_uuid(), now(), $1, $2, 'x', '{}', '')",
                reason,
                state,
            )
        await migrations.upgrade(empty)
        wrong = await connection.fetch("SELECT reason, state FROM dead_letter WHERE wrong_sender")
        unused = await connection.fetchval(
            "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'attempt%' AND indexdef LIKE '%unknown%'"
        )
    finally:
        await connection.close()

    assert [(row["reason"], row["state"]) for row in wrong] == [(bound, "open")]
    assert unused == 0


async def test_one_time_passwords_that_wait_open_for_72_hours_from_the_upgrade(empty: str) -> None:
    await migrations.upgrade(empty, to="0013")
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute(
            "INSERT INTO account (id, created_at, must_change, name, display_name, password_hash, created_by)"
            " SELECT gen_random_uuid(), now() - interval '1 year', name = 'ana', name, name, '', 'test'"
            " FROM unnest(ARRAY['ana', 'luis']) AS name"
        )
        await migrations.upgrade(empty)
        found = await connection.fetch(
            "SELECT name, password_until - now() BETWEEN interval '71 hours' AND interval '72 hours' AS soon"
            " FROM account ORDER BY name"
        )
    finally:
        await connection.close()

    assert [("ana", True), ("luis", None)] == [tuple(row) for row in found]


async def test_what_counted_as_delivered_in_an_inbox_waits(empty: str) -> None:
    await migrations.upgrade(empty, to="0013")
    connection = await asyncpg.connect(empty)
    try:
        ids = [event_key(event("pqrs.received", id=str(n), source="urn:crm", at=NOW)) for n in range(3)]
        await connection.execute(OLD_MESSAGES, ids)
        for message_id, state, channel in zip(
            ids, ("delivered", "read", "delivered"), ("inbox", "inbox", "sms"), strict=True
        ):
            await connection.execute(
                "UPDATE message SET state = $2, channel = $3 WHERE id = $1", message_id, state, channel
            )
        await migrations.upgrade(empty)
        rows = await connection.fetch("SELECT state, channel FROM message ORDER BY channel, state")
    finally:
        await connection.close()

    assert [tuple(row) for row in rows] == [("read", "inbox"), ("waiting", "inbox"), ("delivered", "sms")]


async def test_cases_from_before_are_of_their_first_event(empty: str) -> None:
    await migrations.upgrade(empty, to="0042")
    given = [
        ("pqrs_id:1", "urn:a", 0),
        ("pqrs_id:1", "urn:b", 1),
        ("thread_id:2", HUB_SOURCE, 0),
        ("unit_id:3", "urn:a", 0),
    ]
    connection = await asyncpg.connect(empty)
    try:
        for case, source, hours in given:
            one = event("pqrs.received", source=source, at=MONDAY + hours * HOUR, id=f"{case}{source}")
            await connection.execute(
                "INSERT INTO event (key, source, id, type, time, case_key, waiting)"
                " VALUES ($1, $2, $3, $4, $5, $6, false)",
                *(event_key(one), source, one.id, one.type, one.time, case),
            )
        await connection.execute("INSERT INTO case_state SELECT DISTINCT case_key FROM event")
        await migrations.upgrade(empty)
        owners = await connection.fetch("SELECT case_key, source, opened FROM case_owner ORDER BY case_key")
    finally:
        await connection.close()

    assert [("pqrs_id:1", "urn:a", True), ("thread_id:2", HUB_SOURCE, True)] == [tuple(row) for row in owners]


async def test_an_upgrade_again_changes_nothing_and_says_nothing(
    database: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    await migrations.upgrade(database)
    noise = [record.getMessage() for record in caplog.records if record.name.startswith("alembic")]

    assert (noise, capfd.readouterr()) == ([], ("", ""))


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    for ask in (migrations.upgrade, migrations.current, migrations.require_current):
        with pytest.raises(StorageUnavailable):
            await ask("postgresql://hub@127.0.0.1:1/hub")


async def test_missing_extension_is_an_error_that_names_its_package(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def demand(connection: Connection, **_: object) -> None:
        connection.exec_driver_sql("CREATE EXTENSION that_nobody_has")

    monkeypatch.setattr(upgrading, "_upgrade", demand)
    with pytest.raises(ConfigurationError, match="postgresql-contrib"):
        await migrations.upgrade(empty)


async def test_database_of_another_encoding_is_refused_with_what_to_do(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    name = f"ascii_{uuid4().hex[:12]}"
    other = str(URL(empty).with_path(f"/{name}"))
    try:
        await connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        with pytest.raises(ConfigurationError, match="SQL_ASCII, and must be UTF8"):
            await migrations.upgrade(other)
    finally:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.close()
