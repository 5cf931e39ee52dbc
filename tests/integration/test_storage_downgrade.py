"""Forward and back: rows of a version survive the next one, and the way back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from hub.errors import ConfigurationError, StorageUnavailable
from hub.model import Event
from hub.storage import Database, migrations
from hub.storage.migrations.statements import down_of
from tests import made_up_migrations
from tests.command_line import command
from tests.for_each import for_each
from tests.integration.test_evidence import Office
from tests.made_up_migrations import COLUMNS, LAST, OWN
from tests.servers import execute
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import HOUR, MONDAY, event

WITHOUT_A_WAY_BACK: Final = {migrations.OLDEST, LAST}
"""Each other migration has one, ours and those that are made up."""
SCRIPTS: Final = [
    script for script in made_up_migrations.scripts() if script.revision not in WITHOUT_A_WAY_BACK
]
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


async def go(database: str, *revisions: str, back: bool = False) -> dict[str, list[str]]:
    """Go there step by step; return the shape of the schema at each."""
    shapes = {}
    for revision in revisions:
        await (
            migrations.downgrade(database, revision) if back else migrations.upgrade(database, to=revision)
        )
        shapes[revision] = await fetch(database, SHAPE)
    return shapes


@pytest.mark.usefixtures("later")
async def test_way_back_leaves_the_schema_as_it_was_and_may_be_gone_again(empty: str) -> None:
    steps = [script.revision for script in made_up_migrations.scripts()]
    steps.remove(LAST)
    there = await go(empty, *steps)
    back = await go(empty, *steps[-2::-1], back=True)
    again = await go(empty, *steps[1:])

    assert len(steps) == len({tuple(shape) for shape in there.values()}) == len(back) + 1
    assert [] == [revision for revision, shape in back.items() if shape != there[revision]]
    assert [] == [revision for revision, shape in again.items() if shape != there[revision]]


@for_each(script.path for script in SCRIPTS)
def test_each_way_back_says_what_is_lost(path: str) -> None:
    first = down_of(path).read_text(encoding="utf-8").splitlines()[0]

    assert re.fullmatch(r"-- [A-Z].+\.", first)


@pytest.mark.usefixtures("later")
async def test_what_a_hub_wrote_survives_the_way_back_and_the_way_forward_and_it_works_on(
    database: str,
) -> None:
    await migrations.upgrade(database, to=COLUMNS)
    async with Database(database) as opened:
        office = Office(opened)
        await office.take_in(*town(), overdue(1))
        await office.deliver()
    before = await rows(database)
    lost = await migrations.losses(database, migrations.OLDEST)
    await migrations.downgrade(database, migrations.OLDEST)
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


@pytest.mark.usefixtures("later")
async def test_step_without_a_way_back_is_refused_and_changes_nothing(database: str) -> None:
    await migrations.upgrade(database)
    for to, why in ((OWN, f"{LAST} has no way back"), ("9999", "no way"), ("x", "no way")):
        with pytest.raises(ConfigurationError, match=why):
            await migrations.downgrade(database, to)

    assert LAST == await migrations.current(database)


async def test_nothing_is_before_the_baseline(database: str) -> None:
    for to, why in (("base", f"{migrations.OLDEST} has no way back"), ("0059", "no way")):
        with pytest.raises(ConfigurationError, match=why):
            await migrations.downgrade(database, to)


@pytest.mark.usefixtures("later")
async def test_upgrade_that_fails_says_why_and_changes_nothing(database: str) -> None:
    """Something of another's is in the way; once it is gone the same command goes through."""
    await execute(database, "CREATE TABLE liking (theirs text)")
    before = await fetch(database, SHAPE)
    with pytest.raises(StorageUnavailable, match='"liking" already exists'):
        await migrations.upgrade(database)
    failed = (await fetch(database, SHAPE), await migrations.current(database))
    await execute(database, "DROP TABLE liking")
    await migrations.upgrade(database)

    assert (before, OWN) == failed
    assert LAST == await migrations.current(database)


@pytest.mark.usefixtures("later")
async def test_command_says_what_is_lost_and_asks(database: str) -> None:
    await migrations.upgrade(database, to=COLUMNS)
    environ = {"HUB_DATABASE_URL": database}
    refused = await command(environ, "db", "downgrade", OWN, text="n\n")
    stayed = await migrations.current(database)
    done = await command(environ, "db", "downgrade", OWN, "--yes")
    status = await command(environ, "db", "status")

    assert (1, COLUMNS) == (refused.code, stayed)
    assert "Forgets who likes what" in refused.err
    assert (0, OWN) == (done.code, await migrations.current(database))
    assert 1 == status.code
    assert "hub db upgrade" in status.out


def overdue(number: int) -> Event:
    data = {"unit_id": "101", "copropiedad_id": PLACE}
    return event("admin.account.overdue", data, at=MONDAY, id=f"cobro-{number}")


def test_every_migration_is_read() -> None:
    assert SCRIPTS
    assert all(Path(script.path).exists() for script in SCRIPTS)
