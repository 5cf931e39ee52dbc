"""
A PostgreSQL whose `now()` is moved.

A search path that names `pg_catalog` after a schema of ours makes every statement of the hub call the `now()`
of that schema. The defaults of columns were bound when the tables were made, and are set anew.
`clock_timestamp()` is not moved: nothing that decides on a contact reads it.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Final

import asyncpg

from hub.access.keyring import KeyRing
from hub.catalog import BY_NAME
from hub.desk.exclusions import acts as exclusions
from hub.model.exclusions import ExcludedAddress
from hub.settings import Secret
from hub.storage import (
    Database,
    PostgresDelivery,
    PostgresErasures,
    PostgresExclusions,
    PostgresIntake,
    PostgresNoticeDigests,
    PostgresPreferences,
    PostgresReplies,
    PostgresTimers,
    PostgresUnsubscribes,
)
from tests.servers import APP, as_user

_MOVE: Final = """
CREATE SCHEMA moved;
CREATE TABLE moved.instant (at timestamptz NOT NULL);
INSERT INTO moved.instant VALUES (pg_catalog.now());
CREATE FUNCTION moved.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM moved.instant';
GRANT USAGE ON SCHEMA moved TO PUBLIC;
GRANT SELECT, UPDATE ON moved.instant TO PUBLIC;
DO $$
DECLARE
    given record;
BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = moved, pg_catalog, public', current_database());
    FOR given IN
        SELECT adrelid::regclass AS owner, attname FROM pg_attrdef
        JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
        WHERE pg_get_expr(adbin, adrelid) = 'now()'
          AND NOT (SELECT relispartition FROM pg_class WHERE oid = adrelid)
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT moved.now()', given.owner, given.attname);
    END LOOP;
END $$;
"""


class MovedRegister(PostgresExclusions):
    """The register of excluded numbers, which is loaded anew."""

    async def replace(self, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
        return await exclusions.replace(self._database, self._ring, entries, list_date=list_date)


class MovedDatabase:
    """The stores in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.intake = PostgresIntake(database)
        self.delivery = PostgresDelivery(database, BY_NAME, named=BY_NAME)
        self.timers = PostgresTimers(database)
        self.preferences = PostgresPreferences(database)
        self.digests = PostgresNoticeDigests(database)
        self.erasures = PostgresErasures(database)
        self.replies = PostgresReplies(database)
        self.unsubscribes = PostgresUnsubscribes(database)
        self.register = MovedRegister(database, KeyRing([Secret("register" * 5)]))
        self._database = database

    async def move(self, to: datetime) -> None:
        await self._database.rows("UPDATE moved.instant SET at = $1", to)

    def be_away(self, error: Exception | None) -> None:
        """Refuse: `tests/chaos` has the outages of a real server."""
        if error is not None:
            raise NotImplementedError

    async def now(self) -> datetime:
        """Return what the hub's statements take for now."""
        [row] = await self._database.rows("SELECT now() AS now")
        at: datetime = row["now"]
        return at


@asynccontextmanager
async def open_moved(url: str) -> AsyncIterator[MovedDatabase]:
    """Open a database with the hub's schema, and take its clock away from it."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_MOVE)
    finally:
        await connection.close()
    async with Database(as_user(url, APP)) as database:
        yield MovedDatabase(database)
