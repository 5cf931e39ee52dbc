"""Private RabbitMQ, Redis and PostgreSQL for tests, and a clean place in each for every test."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from redis.asyncio import Redis as RedisClient

from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import Server
from hub.local.servers import start_all, stop_all
from hub.storage import migrations

TEMPLATE = "hub_template"
REUSED = "hub_reused"
EMPTY = """
DO $$
DECLARE
    listed record;
    has_rows boolean;
    filled text[] := '{}';
BEGIN
    FOR listed IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
                  WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', listed.name) INTO has_rows;
        IF has_rows THEN filled := filled || listed.name; END IF;
    END LOOP;
    IF filled <> '{}' THEN EXECUTE format('TRUNCATE %s CASCADE', array_to_string(filled, ', ')); END IF;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
"""What makes a database one with the hub's schema and nothing in it again: faster than another copy."""
REDIS_DATABASES = 16  # Redis' own default


@dataclass(kw_only=True, slots=True)
class Servers:
    """Each may be stopped, killed and started again: its port and data stay."""

    rabbitmq: RabbitMQ
    redis: Redis
    postgres: Postgres
    _places: int = 0
    _made: set[str] = field(default_factory=set)

    @property
    def all(self) -> tuple[Server, ...]:
        return self.rabbitmq, self.redis, self.postgres

    async def start(self) -> None:
        await start_all(self.all, tell=lambda _line: None)

    async def stop(self) -> None:
        await stop_all(self.all)

    @asynccontextmanager
    async def vhost(self) -> AsyncIterator[str]:
        name = _new_name()
        yield await self.rabbitmq.add_vhost(name)
        if self.rabbitmq.child.running:
            await self.rabbitmq.delete_vhost(name)

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
        """A copy of a database with the hub's whole schema."""
        await self._make_template()
        async with self._copy(f"TEMPLATE {TEMPLATE}") as url:
            yield url

    async def emptied_database(self) -> str:
        """The one of this session for tests that only write rows; whoever had it before is gone."""
        await self._make_template()
        if REUSED not in self._made:
            await self._sql(f"CREATE DATABASE {REUSED} TEMPLATE {TEMPLATE}")
            self._made.add(REUSED)
        url = self.postgres.url_of(REUSED)
        await self._sql(EMPTY, url)
        return url

    @asynccontextmanager
    async def filled_database(self, name: str, fill: Callable[[str], Awaitable[None]]) -> AsyncIterator[str]:
        """A copy of a database that is filled once a session; `fill` is given the URL."""
        await self._make_template()
        template = f"filled_{name}"
        if template not in self._made:
            await self._sql(f"CREATE DATABASE {template} TEMPLATE {TEMPLATE}")
            await fill(self.postgres.url_of(template))
            self._made.add(template)
        # Hundreds of megabytes go faster by file than through the log.
        async with self._copy(f"TEMPLATE {template} STRATEGY file_copy") as url:
            yield url

    @asynccontextmanager
    async def empty_database(self) -> AsyncIterator[str]:
        """A database without any schema."""
        async with self._copy("TEMPLATE template1") as url:
            yield url

    @asynccontextmanager
    async def _copy(self, of: str) -> AsyncIterator[str]:
        name = _new_name()
        await self._sql(f"CREATE DATABASE {name} {of}")
        yield self.postgres.url_of(name)
        if self.postgres.child.running:
            await self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    async def _make_template(self) -> None:
        if TEMPLATE not in self._made:
            await self._sql(f"CREATE DATABASE {TEMPLATE}")
            await migrations.upgrade(self.postgres.url_of(TEMPLATE))
            self._made.add(TEMPLATE)

    async def _sql(self, statement: str, url: str | None = None) -> None:
        connection = await asyncpg.connect(url or self.postgres.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's unprivileged user may pass through, as pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="hub-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def new_servers(folder: Path) -> Servers:
    return Servers(
        rabbitmq=RabbitMQ(folder / "rabbitmq"),
        redis=Redis(folder / "redis"),
        postgres=Postgres(folder / "postgres", durable=False),
    )


def _new_name() -> str:
    return f"t{uuid.uuid4().hex}"
