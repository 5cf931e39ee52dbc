"""The schema of the database, and how to bring it up to date."""

from __future__ import annotations

from typing import Final

import asyncpg

from hub.errors import ConfigurationError
from hub.storage.database import COMMAND_TIMEOUT, CONNECT_TIMEOUT, translated

HEAD: Final = "0019"


async def upgrade(database_url: str, *, to: str = HEAD) -> None:
    """
    Bring the schema to a revision, in one transaction; of several at once, one does it and the rest wait.

    Raises StorageUnavailable.
    """
    if await current(database_url) == to:
        return
    from hub.storage.migrations import upgrading  # noqa: PLC0415 - Alembic takes 0.3 s that others do not need

    await upgrading.upgrade(database_url, to)


async def current(database_url: str) -> str | None:
    """Return the revision of the schema; None when there is no schema yet."""
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
