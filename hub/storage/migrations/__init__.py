"""The schema of the database, and how to bring it up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from hub.errors import ConfigurationError, StorageUnavailable
from hub.hosts import Hosts
from hub.storage import rights
from hub.storage.connection import connect, translated
from hub.storage.database import COMMAND_TIMEOUT, load
from hub.storage.migrations import completing
from hub.storage.migrations import plan as planning
from hub.storage.migrations.plan import UpgradePlan

HEAD: Final = "0060"
OLDEST: Final = "0060"
"""The oldest schema from which there is a way: that of the baseline, which the migrations begin with."""

_SIZES: Final = load("indexes")["sizes"]
_HOW: Final = "docs/operations/protect.md, Two users of the database, has the commands"
_NO_USER: Final = (
    f"PostgreSQL does not let the user of HUB_DATABASE_URL in: create it, or correct its password ({_HOW})."
)
_NOT_COMPLETE: Final = (
    "The schema is {revision}, and an index is not built yet: run `hub db upgrade` again. "
    "A hub works with it meanwhile."
)
_TOO_OLD: Final = (
    "The database's schema is {found}, and this hub knows the way from {oldest} on: upgrade it with the last "
    "version that knows the older ones, then with this one "
    "(docs/operations/upgrade.md, Before schema {oldest})."
)
_NO_OWNER: Final = (
    f"The user of HUB_DATABASE_OWNER_URL does not own the hub's tables: hand them over ({_HOW})."
)


async def upgrade(database_url: str, *, to: str | None = None, roles_url: str | None = None) -> None:
    """
    Bring the schema to a revision, else to HEAD, in one transaction; of several at once, the others wait.

    Then build the parts of large indexes beside whoever writes (`completing`).
    With `roles_url`, another user of the same database, give that user the rights that the roles need.
    Raises StorageUnavailable, and ConfigurationError where the users are not the right ones, or there is no
    way from the schema that is there.
    """
    to = to or HEAD
    user = await _roles_user(database_url, roles_url) if roles_url else None
    found = await current(database_url)
    _require_way(found)
    if user is not None or found != to:
        from hub.storage.migrations import upgrading  # noqa: PLC0415 - Alembic takes 0.3 s that others do not need

        await upgrading.upgrade(database_url, to, user)
    # Without a time-out: an index of millions of rows takes its minutes, and nobody waits for it.
    try:
        async with _connected(database_url, command_timeout=None) as connection:
            await completing.complete(connection)
    except StorageUnavailable as exc:
        raise StorageUnavailable(_NOT_COMPLETE.format(revision=to)) from exc


async def plan(database_url: str) -> UpgradePlan:
    """Plan an upgrade to HEAD, and change nothing: locks, and about how long at the present size."""
    from hub.storage.migrations import upgrading  # noqa: PLC0415 - the same

    found = await current(database_url)
    _require_way(found)
    async with _connected(database_url) as connection:
        rows = {row["name"]: row["rows"] for row in await connection.fetch(_SIZES)}
    return planning.plan(upgrading.pending(found, HEAD), rows, found, HEAD)


async def losses(database_url: str, to: str) -> list[str]:
    """
    Return the losses of a way back to that revision, a sentence for each step; none for the present one.

    Raises ConfigurationError where a step has no way back.
    """
    from hub.storage.migrations import upgrading  # noqa: PLC0415 - the same

    found = await current(database_url)
    if found is None:
        raise ConfigurationError("There is no schema yet.")
    return upgrading.losses(found, to)


async def downgrade(database_url: str, to: str) -> None:
    """Take the schema back to an older revision, in one transaction. Raises like `losses`."""
    from hub.storage.migrations import upgrading  # noqa: PLC0415 - the same

    await losses(database_url, to)
    await upgrading.downgrade(database_url, to)


async def current(database_url: str) -> str | None:
    """Return the revision of the schema; None when there is no schema yet."""
    async with _connected(database_url) as connection:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision


async def require_current(database_url: str) -> None:
    """Raise ConfigurationError, naming the command to run, unless the schema is at HEAD."""
    found = await current(database_url)
    _require_way(found)
    if found != HEAD:
        raise ConfigurationError(
            f"The database's schema is {found or 'missing'} and this hub needs {HEAD}: run `hub db upgrade`."
        )


def _require_way(found: str | None) -> None:
    if found is not None and found < OLDEST:
        raise ConfigurationError(_TOO_OLD.format(found=found, oldest=OLDEST))


async def _roles_user(owner_url: str, roles_url: str) -> str | None:
    """Return the name of the roles' user; None when it is the owner."""
    owner = await _who(owner_url)
    try:
        roles = await _who(roles_url)
    except StorageUnavailable as exc:
        if isinstance(exc.__cause__, asyncpg.InvalidAuthorizationSpecificationError):
            raise ConfigurationError(_NO_USER) from exc
        raise
    if roles["place"] != owner["place"]:
        raise ConfigurationError("HUB_DATABASE_OWNER_URL and HUB_DATABASE_URL name different databases.")
    if not owner["owns"]:
        raise ConfigurationError(_NO_OWNER)
    return None if roles["user"] == owner["user"] else str(roles["user"])


async def _who(database_url: str) -> asyncpg.Record:
    async with _connected(database_url) as connection:
        found: asyncpg.Record = await connection.fetchrow(rights.WHO)
        return found


@asynccontextmanager
async def _connected(
    database_url: str, command_timeout: float | None = COMMAND_TIMEOUT
) -> AsyncIterator[Any]:
    with translated():
        connection = await connect(Hosts(database_url), command_timeout=command_timeout)
        try:
            yield connection
        finally:
            await connection.close()
