"""Bringing the schema up to date."""

from __future__ import annotations

import asyncio
import logging

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from hub.errors import ConfigurationError, StorageUnavailable
from hub.storage import migrations
from hub.storage.migrations.upgrading import config


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
