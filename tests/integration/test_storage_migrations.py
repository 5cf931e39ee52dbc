"""Bringing the schema up to date."""

from __future__ import annotations

import asyncio
import logging
from uuid import uuid4

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from yarl import URL

from hub.errors import ConfigurationError, StorageUnavailable
from hub.storage import migrations
from hub.storage.migrations import upgrading
from hub.storage.migrations.upgrading import config


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
