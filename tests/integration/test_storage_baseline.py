"""The baseline is the schema of the sixty migrations before it; an installation of them loses nothing."""

from __future__ import annotations

import asyncio
import gzip
import re
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from alembic.script import ScriptDirectory

from hub.errors import ConfigurationError
from hub.local import programs
from hub.storage import Database, migrations
from hub.storage.migrations.upgrading import config
from tests.command_line import command
from tests.integration.test_evidence import Office
from tests.integration.test_storage_downgrade import overdue
from tests.servers import APP, OWNER, Servers, as_user, connected, execute
from tests.unit.factories import HOUR, MONDAY

BEFORE: Final = Path(__file__).parents[1] / "vectors" / "schema_0060.sql.gz"
"""`pg_dump --inserts` of a database of the sixty migrations: what a hub wrote, and a row in each table."""
OF_THIS_DATABASE: Final = (
    (r"^\\(un)?restrict .*\n", ""),
    (r"'[0-9a-f-]{72}'::text", "'the salt'::text"),
    (r"until_\d{4}_\d{2}", "until_then"),
    (r"TO \('[0-9a-f-]{36}'\)", "TO ('then')"),
)
"""What differs from one database to the next: the salt of its marks, and the month in which it was made."""
OLDER: Final = "CREATE TABLE alembic_version AS SELECT '{}' AS version_num"
FOLDER: Final = Path(migrations.__file__).with_name("baseline")
TABLE_OF: Final = (
    r"^(?:CREATE TABLE|ALTER TABLE|CREATE (?:UNIQUE )?INDEX \w+\s+ON|CREATE TRIGGER \w+ [A-Z ]*?ON) (\w+)"
)
TABLES: Final = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""


@pytest.fixture
async def sixty(servers: Servers) -> AsyncIterator[str]:
    """An installation of the sixty migrations, as its owner sees it."""
    async with servers.empty_database() as url:
        owner = as_user(url, OWNER)
        await execute(owner, gzip.decompress(BEFORE.read_bytes()).decode())
        yield owner


async def upgrade(owner: str, to: str | None = None) -> None:
    await migrations.upgrade(owner, to=to, roles_url=as_user(owner, APP))


async def dump(url: str) -> str:
    pg_dump = programs.find_postgres().with_name("pg_dump")
    running = await asyncio.create_subprocess_exec(pg_dump, "--schema-only", url, stdout=PIPE, stderr=PIPE)
    text, complaint = (each.decode() for each in await running.communicate())
    assert (0, "") == (running.returncode, complaint)
    for pattern, instead in OF_THIS_DATABASE:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text


async def contents(url: str) -> dict[str, list[str]]:
    async with connected(url) as connection:
        return {
            table: sorted(row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} AS t"))
            for (table,) in await connection.fetch(TABLES)
        }


async def test_installation_of_the_sixty_has_the_schema_of_a_new_one_and_all_its_rows(
    sixty: str, servers: Servers
) -> None:
    before = await contents(sixty)
    found = await migrations.current(sixty)
    for _ in range(2):
        await upgrade(sixty, to=migrations.OLDEST)
    after = await contents(sixty)
    await upgrade(sixty)
    async with servers.empty_database() as other:
        new = as_user(other, OWNER)
        await upgrade(new)
        dumps = (await dump(new), await dump(sixty))

    assert migrations.OLDEST == found
    assert [] == [table for table, rows in before.items() if not rows]
    assert before == {table: after[table] for table in before}
    assert dumps[0] == dumps[1]
    assert "GRANT SELECT,INSERT ON TABLE public.audit TO hub_app" in dumps[0]
    await migrations.require_current(sixty)


async def test_hub_goes_on_with_what_it_has_written_under_the_sixty(sixty: str) -> None:
    await upgrade(sixty)
    async with Database(as_user(sixty, APP)) as opened:
        office = Office(opened)
        office.clock.advance(MONDAY + HOUR - office.clock())
        await office.take_in(overdue(2))
        await office.deliver()
        [row] = await opened.rows(
            "SELECT count(DISTINCT event_key) AS n FROM message WHERE event = 'admin.account.overdue'"
        )

    assert 2 == row["n"]


async def test_older_installation_is_refused_with_what_to_do_and_stays_as_it_is(empty: str) -> None:
    await execute(empty, OLDER.format("0059"))
    environ = {"HUB_DATABASE_URL": empty}
    for ask in (migrations.upgrade, migrations.plan, migrations.require_current):
        with pytest.raises(ConfigurationError, match=r"schema is 0059.*from 0060 on.*upgrade\.md"):
            await ask(empty)
    done = await command(environ, "db", "upgrade")
    status = await command(environ, "db", "status")

    assert (1, True) == (done.code, "the last version that knows the older ones" in done.err)
    assert (1, "0059") == (status.code, await migrations.current(empty))
    assert ["alembic_version"] == list(await contents(empty))


async def test_schema_of_a_newer_hub_is_refused(empty: str) -> None:
    await execute(empty, OLDER.format("9999"))
    with pytest.raises(ConfigurationError, match=f"no way to schema {migrations.HEAD}.*9999"):
        await migrations.upgrade(empty)


def test_oldest_schema_is_the_first_migration() -> None:
    assert ScriptDirectory.from_config(config()).get_base() == migrations.OLDEST


async def test_every_table_is_made_in_one_place(database: str) -> None:
    """And its indexes and triggers beside it."""
    places: dict[str, set[str]] = {}
    for file in FOLDER.glob("*.sql"):
        for table in re.findall(TABLE_OF, file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            places.setdefault(table, set()).add(file.name)
    async with connected(database) as connection:
        made = {table for (table,) in await connection.fetch(TABLES)} - {"alembic_version"}

    assert made <= set(places)
    assert {} == {table: files for table, files in places.items() if len(files) > 1}
