"""Alembic, through SQLAlchemy's asyncpg dialect."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from hub.errors import ConfigurationError
from hub.storage import rights
from hub.storage.database import CONNECT_TIMEOUT, translated

_LOCK: Final = 0x687562  # an advisory lock of our own: "hub"
_MEANT: Final[Mapping[str, str]] = {
    "42501": (
        "The database's user may not change the schema: run `hub db upgrade` with HUB_DATABASE_OWNER_URL."
    ),
    "0A000": (
        "PostgreSQL lacks the extensions unaccent and pg_trgm: install its contrib package on its machine "
        "(postgresql-contrib; Debian's postgresql and the official images have it) and run `hub db upgrade`."
    ),
}
"""SQLSTATE → what it means here: insufficient_privilege; feature_not_supported, an extension is not there."""


async def upgrade(database_url: str, to: str, user: str | None) -> None:
    """
    Run the migrations that are missing up to that revision, in one transaction, under a lock.

    Then give that user of the roles its rights.
    """
    engine = create_async_engine(
        # Only asyncpg parses the URL: SQLAlchemy accepts other query parameters.
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(database_url, timeout=CONNECT_TIMEOUT),
        poolclass=NullPool,
    )
    try:
        with translated():
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade, to, user)
    except DBAPIError as exc:
        what = _MEANT.get(getattr(exc.orig, "sqlstate", None) or "")
        if what is None:
            raise
        raise ConfigurationError(what) from exc
    finally:
        await engine.dispose()


def config(connection: Connection | None = None) -> Config:
    """Set where the migrations are, and on which connection `env.py` runs them."""
    configured = Config()
    configured.set_main_option("script_location", str(Path(__file__).parent))
    configured.attributes["connection"] = connection
    return configured


def _upgrade(connection: Connection, to: str, user: str | None) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(config(connection), to)
    if user is not None:
        names = connection.exec_driver_sql(rights.NAMES, (user,)).one()
        for statement in rights.grants(*names):
            connection.exec_driver_sql(statement)
