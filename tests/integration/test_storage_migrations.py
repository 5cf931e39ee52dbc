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
