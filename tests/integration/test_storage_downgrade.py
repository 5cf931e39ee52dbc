"""Forward and back: rows of a version survive the next one, and the way back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from hub.errors import ConfigurationError, StorageUnavailable
from hub.model import Event
from hub.storage import Database, migrations
from hub.storage.migrations.statements import down_of
from hub.storage.migrations.upgrading import config
from tests.command_line import command
from tests.for_each import for_each
from tests.integration.test_evidence import Office
from tests.servers import execute
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import HOUR, MONDAY, event

FIRST_WITH_A_WAY_BACK: Final = "0034"
"""From here on each migration has one. Before it one restores: 0033 would forget addresses to leave alone."""
SCRIPTS: Final = [
    script
    for script in ScriptDirectory.from_config(config()).walk_revisions()
    if script.revision >= FIRST_WITH_A_WAY_BACK
]
OLDEST: Final = str(SCRIPTS[-1].down_revision)
SHAPE: Final = """
SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
       || coalesce(' ' || column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || proname || ' ' || pg_get_function_identity_arguments(oid)
       || ' ' || md5(prosrc) || ' ' || coalesce(proconfig::text, '')
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


async def fetch(database: str, question: str) -> list[str]:
    connection = await asyncpg.connect(database)
    try:
        return sorted(row[0] for row in await connection.fetch(question))
    finally:
        await connection.close()


async def rows(database: str) -> dict[str, int]:
    tables = await fetch(
        database, "SELECT relname FROM pg_stat_user_tables WHERE relname <> 'alembic_version'"
    )
    connection = await asyncpg.connect(database)
    try:
        return {table: await connection.fetchval(f'SELECT count(*) FROM "{table}"') for table in tables}
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("revision", "down_revision"), [(script.revision, str(script.down_revision)) for script in SCRIPTS]
)
async def test_way_back_leaves_the_schema_as_it_was_and_may_be_gone_again(
    empty: str, revision: str, down_revision: str
) -> None:
    await migrations.upgrade(empty, to=down_revision)
    before = await fetch(empty, SHAPE)
    await migrations.upgrade(empty, to=revision)
    after = await fetch(empty, SHAPE)
    await migrations.downgrade(empty, down_revision)
    back = await fetch(empty, SHAPE)
    await migrations.upgrade(empty, to=revision)

    assert before != after
    assert before == back
    assert after == await fetch(empty, SHAPE)


@for_each(script.path for script in SCRIPTS)
def test_each_way_back_says_what_is_lost(path: str) -> None:
    first = down_of(path).read_text(encoding="utf-8").splitlines()[0]

    assert re.fullmatch(r"-- [A-Z].+\.", first)


async def test_what_a_hub_wrote_survives_the_way_back_and_the_way_forward_and_it_works_on(
    database: str,
) -> None:
    async with Database(database) as opened:
        office = Office(opened)
        await office.take_in(*town(), overdue(1))
        await office.deliver()
    before = await rows(database)
    lost = await migrations.losses(database, OLDEST)
    await migrations.downgrade(database, OLDEST)
    between = await rows(database)
    await migrations.upgrade(database)
    async with Database(database) as opened:
        office = Office(opened)
        office.clock.advance(MONDAY + HOUR - office.clock())
        await office.take_in(overdue(2))
        await office.deliver()
    after = await rows(database)

    assert len(SCRIPTS) == len(lost)
    assert sum(count for name, count in before.items() if name.startswith("message_")) > 0
    assert between == {name: before[name] for name in between}
    assert all(after[name] >= count for name, count in before.items())
    assert sum(after.values()) > sum(before.values())


async def test_step_without_a_way_back_is_refused_and_changes_nothing(empty: str) -> None:
    await migrations.upgrade(empty)
    for to, why in (("0032", "0033 has no way back"), ("9999", "no way"), ("x", "no way")):
        with pytest.raises(ConfigurationError, match=why):
            await migrations.downgrade(empty, to)

    assert migrations.HEAD == await migrations.current(empty)


async def test_upgrade_that_fails_says_why_and_changes_nothing(empty: str) -> None:
    """Something of another's is in the way; once it is gone the same command goes through."""
    await migrations.upgrade(empty, to=OLDEST)
    await execute(empty, "CREATE TABLE resident_session (theirs text)")
    before = await fetch(empty, SHAPE)
    with pytest.raises(StorageUnavailable, match='"resident_session" already exists'):
        await migrations.upgrade(empty)
    failed = (await fetch(empty, SHAPE), await migrations.current(empty))
    await execute(empty, "DROP TABLE resident_session")
    await migrations.upgrade(empty)

    assert (before, OLDEST) == failed
    assert migrations.HEAD == await migrations.current(empty)


async def test_command_says_what_is_lost_and_asks(empty: str) -> None:
    await migrations.upgrade(empty)
    environ = {"HUB_DATABASE_URL": empty}
    refused = await command(environ, "db", "downgrade", OLDEST, text="n\n")
    stayed = await migrations.current(empty)
    done = await command(environ, "db", "downgrade", OLDEST, "--yes")
    status = await command(environ, "db", "status")

    assert (1, migrations.HEAD) == (refused.code, stayed)
    assert "Forgets which digests there were" in refused.err
    assert (0, OLDEST) == (done.code, await migrations.current(empty))
    assert 1 == status.code
    assert "hub db upgrade" in status.out


def overdue(number: int) -> Event:
    data = {"unit_id": "101", "copropiedad_id": PLACE}
    return event("admin.account.overdue", data, at=MONDAY, id=f"cobro-{number}")


def test_every_migration_is_read() -> None:
    assert SCRIPTS
    assert all(Path(script.path).exists() for script in SCRIPTS)
