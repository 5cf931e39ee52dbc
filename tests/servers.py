"""Private RabbitMQ, Redis and PostgreSQL for tests, and a clean place in each for every test."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg
from redis.asyncio import Redis as RedisClient

from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import Server, start_all, stop_all
from hub.model.months import missing
from hub.storage import Database, PostgresMonths, migrations
from hub.timers.months import AHEAD
from tests.broker_vhosts import add_vhost, delete_vhost
from tests.kept_connection import KeptConnection
from tests.vhosts import Vhosts

OWNER = "hub_owner"
APP = "hub_app"
"""The users of `scripts/database-users.sql`: the owner of the tables, and the user of the roles."""
TEMPLATE = "hub_template"
LITTLE: Final = 2**16
"""Bytes of a table that is emptied row by row: its file and those of its indexes need not be made anew."""
EMPTY = f"""
DO $$
DECLARE filled record; large text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR filled IN
        SELECT oid::regclass AS table, pg_relation_size(oid) AS size FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
          AND (pg_stat_file(pg_relation_filepath(oid))).size > 0
    LOOP
        IF filled.size > {LITTLE} THEN large := concat_ws(', ', large, filled.table);
        ELSE EXECUTE format('DELETE FROM ONLY %s', filled.table); END IF;
    END LOOP;
    IF large IS NOT NULL THEN EXECUTE format('TRUNCATE ONLY %s CASCADE', large); END IF;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""
"""
Empties a database and keeps the hub's schema: faster than another copy.

As a replica does it, so that no trigger asks about each row.
"""
FIRST_OWN_OID = 16384  # below it are PostgreSQL's own
IS_AS_MADE = f"""
SELECT 0 = (SELECT count(*) FROM pg_statistic WHERE starelid >= {FIRST_OWN_OID})
         + (SELECT count(*) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
            WHERE datname = current_database())
         + (SELECT count(stats_reset) FROM pg_stat_database WHERE datname = current_database())
         + (SELECT sum(pg_stat_get_tuples_inserted(catalog) + pg_stat_get_tuples_updated(catalog)
                       + pg_stat_get_tuples_deleted(catalog))
            FROM unnest('{{pg_attribute, pg_attrdef, pg_constraint, pg_index, pg_proc, pg_trigger}}'
                        ::regclass[]) AS catalog)
"""
"""
Whether nothing of the schema was ever added, changed or dropped since the copy, set for it, or analyzed, and
no counter of it was reset.

The counters of a copy begin at 0, and each connection has added its own to them when it has ended. To look
through the catalogs takes ten times as long.
"""
HANDED_BACK = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';
ALTER DATABASE {name} RENAME TO {new};
"""
"""Under the old name nobody of the test before reaches it, as if it had been dropped."""
REDIS_DATABASES = 16  # Redis' own default
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - folders in it have names that nobody can guess
ENOUGH_MEMORY: Final = 4 * 2**30
"""Bytes: three times as many as the servers of several workers write. A container may have 64 MB."""


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """Where the hub finds Redis, and the server that has its keys: in a cluster, one of the nodes."""

    url: str
    server_url: str


@dataclass(kw_only=True, slots=True)
class Servers:
    """Each may be stopped, killed and started again: its port and data stay."""

    rabbitmq: RabbitMQ
    redis: Redis
    postgres: Postgres
    of_others: tuple[Server, ...] = ()
    """Servers of another process, which run as long as this one: they are not started or stopped here."""
    has_users: bool = False
    has_template: bool = False
    _places: int = 0
    _made: dict[str, str] = field(default_factory=dict)
    """Purpose → the database that is made once a session."""
    _free: list[str] = field(default_factory=list)
    """Databases with the hub's schema and nothing in them."""
    _vhosts: dict[bool, Vhosts] = field(default_factory=dict)
    """With and without the entrance for events."""
    _kept: KeptConnection | None = None
    """That to PostgreSQL, once there is one."""

    @property
    def all(self) -> tuple[Server, ...]:
        return self.rabbitmq, self.redis, self.postgres

    @property
    def _own(self) -> list[Server]:
        return [server for server in self.all if server not in self.of_others]

    async def start(self) -> None:
        await start_all(self._own, print_line=lambda _line: None)

    async def stop(self) -> None:
        await self.disconnect()
        await stop_all(self._own)

    async def disconnect(self) -> None:
        if self._kept is not None:
            await self._kept.close()
            self._kept = None

    def _runs(self, server: Server) -> bool:
        return server in self.of_others or server.child.running

    @asynccontextmanager
    async def vhost(self) -> AsyncIterator[str]:
        """A new one, in which no hub has run."""
        name = _new_name()
        yield await add_vhost(self.rabbitmq, name)
        if self._runs(self.rabbitmq):
            await delete_vhost(self.rabbitmq, name)

    @asynccontextmanager
    async def declared_vhost(self, *, has_entrance: bool = True) -> AsyncIterator[str]:
        """One with the hub's queues and no message: a new one, or one that another test has handed back."""
        if has_entrance not in self._vhosts:
            self._vhosts[has_entrance] = Vhosts(broker=self.rabbitmq, has_entrance=has_entrance)
        async with self._vhosts[has_entrance].one() as url:
            yield url

    @asynccontextmanager
    async def redis_database(self) -> AsyncIterator[str]:
        """One test at a time runs in a session, so that a number is free again long before its turn."""
        self._places = (self._places + 1) % REDIS_DATABASES
        url = f"{self.redis.url.rpartition('/')[0]}/{self._places}"
        async with RedisClient.from_url(url) as client:
            await client.flushdb()
        yield url

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """Yield one with the hub's whole schema: a new copy, or one that another test has handed back."""
        await self.make_template()
        name = self._free.pop() if self._free else await self._new_copy(f"TEMPLATE {TEMPLATE}")
        yield self.postgres.url_of(name)
        if self._runs(self.postgres):
            await self._hand_back(name)

    async def reused_database(self) -> str:
        """The one of this session for tests that only write rows. Who uses it empties it before each test."""
        await self.make_template()
        if "reused" not in self._made:
            self._made["reused"] = await self._new_copy(f"TEMPLATE {TEMPLATE}")
        return self.postgres.url_of(self._made["reused"])

    async def filled_once(self, name: str, fill: Callable[[str], Awaitable[None]]) -> str:
        """A database for tests that only read, and leave at their end; `fill` is given the URL."""
        await self.make_template()
        if name not in self._made:
            filled = await self._new_copy(f"TEMPLATE {TEMPLATE}")
            await fill(self.postgres.url_of(filled))
            self._made[name] = filled
        return self.postgres.url_of(self._made[name])

    @asynccontextmanager
    async def filled_database(self, name: str, fill: Callable[[str], Awaitable[None]]) -> AsyncIterator[str]:
        """A copy of a database that is filled once a session."""
        await self.filled_once(name, fill)
        # Hundreds of megabytes go faster by file than through the log.
        async with self._copy(f"TEMPLATE {self._made[name]} STRATEGY file_copy") as url:
            yield url

    @asynccontextmanager
    async def empty_database(self) -> AsyncIterator[str]:
        """A database without any schema."""
        async with self._copy("TEMPLATE template1") as url:
            yield url

    @asynccontextmanager
    async def _copy(self, of: str) -> AsyncIterator[str]:
        name = await self._new_copy(of)
        yield self.postgres.url_of(name)
        if self._runs(self.postgres):
            await self._drop(name)

    async def _new_copy(self, of: str) -> str:
        """It belongs to the owner, as where the two users were made by `scripts/database-users.sql`."""
        await self._make_users()
        name = _new_name()
        await self._sql(f"CREATE DATABASE {name} OWNER {OWNER} {of}")
        return name

    async def _drop(self, name: str) -> None:
        await self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    async def _hand_back(self, name: str) -> None:
        """Empty it for the next test: faster than another copy. Drop it if its schema was touched."""
        new = _new_name()
        await self._sql(HANDED_BACK.format(name=name, new=new))
        async with connected(self.postgres.url_of(new)) as connection:
            if as_made := await connection.fetchval(IS_AS_MADE):
                await connection.execute(EMPTY)
        if as_made:
            self._free.append(new)
        else:
            await self._drop(new)

    async def make_template(self) -> None:
        """Make the database that the others are copies of, unless it is there."""
        if self.has_template:
            return
        await self._make_users()
        await self._sql(f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}")
        url = self.postgres.url_of(TEMPLATE)
        await migrations.upgrade(as_user(url, OWNER), roles_url=as_user(url, APP))
        await _make_months(url)
        self.has_template = True

    async def _make_users(self) -> None:
        if not self.has_users:
            for user in (OWNER, APP):
                await self._sql(f"CREATE ROLE {user} LOGIN PASSWORD '{self.postgres.password}'")
            self.has_users = True

    async def _sql(self, statement: str) -> None:
        if self._kept is None:
            self._kept = KeptConnection(self.postgres.url)
        await self._kept.execute(statement)


@contextmanager
def open_folder() -> Iterator[Path]:
    """
    A folder that PostgreSQL's unprivileged user may pass through, as pytest's own are not.

    In memory where there is enough: RabbitMQ waits for the disk at each message.
    """
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY
    with tempfile.TemporaryDirectory(prefix="hub-test-", dir=MEMORY if in_memory else None) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def new_servers(folder: Path) -> Servers:
    return Servers(
        rabbitmq=RabbitMQ(folder / "rabbitmq"),
        redis=Redis(folder / "redis"),
        postgres=Postgres(folder / "postgres", durable=False),
    )


async def _make_months(url: str) -> None:
    """Make the months that the first hub would make: a test that runs one leaves the schema as it was."""
    async with Database(url) as database:
        months = PostgresMonths(database)
        for month in missing(await months.months(), datetime.now(UTC), AHEAD):
            await months.make(month)


def as_user(url: str, user: str) -> str:
    """The same address for another user, of the same password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{user}:{rest.partition(':')[2]}"


def _new_name() -> str:
    return f"t{uuid.uuid4().hex}"


@asynccontextmanager
async def connected(database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(database, ssl=False)  # a context for TLS takes a millisecond
    try:
        yield connection
    finally:
        await connection.close()


async def execute(database: str, statement: str) -> None:
    async with connected(database) as connection:
        await connection.execute(statement)
