"""The schema of the database, and how to bring it up to date."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from hub.errors import ConfigurationError
from hub.storage.database import COMMAND_TIMEOUT, CONNECT_TIMEOUT, translated

HEAD: Final = "0001"
_LOCK: Final = 0x687562  # an advisory lock of our own: "hub"


async def upgrade(database_url: str) -> None:
    """Bring the schema to HEAD, in one transaction; of several at once, one does it and the rest wait."""
    engine = create_async_engine(
        # One reading of the URL, asyncpg's: SQLAlchemy takes other parameters after the question mark.
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(database_url, timeout=CONNECT_TIMEOUT),
        poolclass=NullPool,
    )
    try:
        with translated():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def current(database_url: str) -> str | None:
    """Answer the revision of the schema; None when there is no schema yet."""
    with translated():
        connection = await asyncpg.connect(
            database_url, timeout=CONNECT_TIMEOUT, command_timeout=COMMAND_TIMEOUT
        )
        try:
            if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
                return None
            revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
            return revision
        finally:
            await connection.close()


async def require_current(database_url: str) -> None:
    """Raise ConfigurationError, naming the command to run, unless the schema is at HEAD."""
    found = await current(database_url)
    if found != HEAD:
        raise ConfigurationError(
            f"The database's schema is {found or 'missing'} and this hub needs {HEAD}: run `hub db upgrade`."
        )


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
