"""Alembic, through SQLAlchemy's asyncpg dialect."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from hub.errors import ConfigurationError, StorageUnavailable
from hub.hosts import Hosts
from hub.storage import rights
from hub.storage.connection import connect, translated
from hub.storage.migrations.statements import down_of, statements_of

VERSIONS: Final = (Path(__file__).parent / "versions",)
"""Where the migrations are."""

_LOCK: Final = 0x687562  # an advisory lock of our own: "hub"
_WAITS: Final = "1s"
"""How long a statement waits for a table that another transaction holds: whoever comes waits behind it."""
_TRIES: Final = 60
_PAUSE: Final = 1.0
"""Seconds between two tries, in which the others go on."""
_HELD: Final = "55P03"
_MEANT: Final[Mapping[str, str]] = {
    "42501": (
        "The database's user may not change the schema: run `hub db upgrade` with HUB_DATABASE_OWNER_URL."
    ),
    "0A000": (
        "PostgreSQL lacks the extensions unaccent and pg_trgm: install its contrib package on its machine "
        "(postgresql-contrib; Debian's postgresql and the official images have it) and run `hub db upgrade`."
    ),
    _HELD: (
        "The schema was not changed: a long transaction holds its tables, such as a back-up or an open psql. "
        "Do it again when that has ended."
    ),
}
"""
SQLSTATE → its meaning here: insufficient_privilege; feature_not_supported, an extension is not there;
lock_not_available.
"""


async def upgrade(database_url: str, to: str, user: str | None) -> None:
    """
    Run the migrations that are missing up to that revision, in one transaction, under a lock.

    Then give that user of the roles its rights.
    """
    await _migrate(database_url, partial(_upgrade, to=to, user=user))


async def downgrade(database_url: str, to: str) -> None:
    """Take the migrations after that revision back, newest first, in one transaction, under the same lock."""
    await _migrate(database_url, partial(_downgrade, to=to))


def losses(current: str, to: str) -> list[str]:
    """
    Return the loss of each step back from `current` to `to`, newest first.

    Raises ConfigurationError where a migration between has no way back.
    """
    scripts = ScriptDirectory.from_config(config())
    try:
        steps = [step for step in scripts.iterate_revisions(current, to) if step.revision != to]
    except (CommandError, RevisionError) as exc:
        raise ConfigurationError(f"There is no way from schema {current} back to {to}.") from exc
    lost = []
    for step in steps:
        file = down_of(step.path)
        if not file.exists():
            raise ConfigurationError(
                f"Schema {step.revision} has no way back: restore the back-up from before the upgrade."
            )
        lost.append(file.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- "))
    return lost


def pending(current: str | None, to: str) -> Iterator[tuple[str, str, list[str]]]:
    """
    Yield revision, subject and statements of each migration between, the oldest first.

    Raises ConfigurationError where the present schema is not on the way.
    """
    scripts = ScriptDirectory.from_config(config())
    try:
        steps = list(scripts.iterate_revisions(to, current or "base"))
    except (CommandError, RevisionError) as exc:
        raise ConfigurationError(f"There is no way from schema {current} to {to}.") from exc
    for step in reversed(steps):
        yield step.revision, step.doc, statements_of(Path(step.path).with_suffix(".sql"))


async def _migrate(database_url: str, work: Callable[[Connection], None]) -> None:
    """Do the work in one transaction; where a table is held, begin anew while others go on."""
    for _ in range(_TRIES - 1):
        with suppress(_Held):
            return await _try(database_url, work)
        await asyncio.sleep(_PAUSE)
    return await _try(database_url, work)


class _Held(ConfigurationError):
    """A long transaction holds a table."""


async def _try(database_url: str, work: Callable[[Connection], None]) -> None:
    engine = create_async_engine(
        # Only asyncpg and `Hosts` parse the URL: SQLAlchemy accepts other query parameters.
        "postgresql+asyncpg://",
        async_creator=partial(connect, Hosts(database_url)),
        poolclass=NullPool,
    )
    try:
        with translated():
            async with engine.begin() as connection:
                await connection.run_sync(work)
    except DBAPIError as exc:
        state = getattr(exc.orig, "sqlstate", None) or ""
        if state not in _MEANT:
            raise _failed(exc) from exc
        raise (_Held if state == _HELD else ConfigurationError)(_MEANT[state]) from exc
    finally:
        await engine.dispose()


def _failed(exc: DBAPIError) -> StorageUnavailable:
    # Without the statement and its values, which may be a person's.
    said = str(exc.orig).splitlines()[0].rpartition(">: ")[2]
    return StorageUnavailable(f"The schema was not changed, and the database is as it was: {said}")


def config(connection: Connection | None = None) -> Config:
    """Set where the migrations are, and on which connection `env.py` runs them."""
    configured = Config()
    configured.set_main_option("script_location", str(Path(__file__).parent))
    configured.set_main_option("path_separator", "newline")
    configured.set_main_option("version_locations", "\n".join(map(str, VERSIONS)))
    configured.attributes["connection"] = connection
    return configured


def _downgrade(connection: Connection, to: str) -> None:
    _begin(connection)
    command.downgrade(config(connection), to)


def _require_utf8(connection: Connection) -> None:
    """Raise ConfigurationError for another encoding: the search normalizes Unicode at each write."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The database's encoding is {encoding}, and must be UTF8: make another one with "
            "`createdb --template=template0 --encoding=UTF8 NAME`, and restore a back-up into it."
        )


def _begin(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAITS}'")
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _upgrade(connection: Connection, to: str, user: str | None) -> None:
    _begin(connection)
    _require_utf8(connection)
    try:
        command.upgrade(config(connection), to)
    except CommandError as exc:  # an older hub than the one that has made this schema
        raise ConfigurationError(f"There is no way to schema {to}: {exc}.") from exc
    if user is not None:
        names = connection.exec_driver_sql(rights.NAMES, (user,)).one()
        for statement in rights.grants(*names):
            connection.exec_driver_sql(statement)
