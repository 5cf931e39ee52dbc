"""PostgreSQL: a pool of connections, the statements of `sql/*.sql`."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeVar, cast

import asyncpg
import msgspec

from hub.errors import StorageRefused
from hub.hosts import Hosts
from hub.model import Json
from hub.resilience.right_of_way import RIGHT_OF_WAY
from hub.storage.connection import AWAY, CONFLICT, Connection, connect, translated

T = TypeVar("T")

POOL_SIZE: Final = 10
KEPT: Final = 2
"""Connections of a pool that only urgent work gets: other work may hang in all the rest, or hold locks."""
ACQUIRE_TIMEOUT: Final = 15.0  # seconds
COMMAND_TIMEOUT: Final = 30.0  # seconds

SESSION: Final = {
    "application_name": "hub",
    # A plan cached while the tables are empty is kept while they grow to millions of rows: then a
    # sequential scan, a hash or a merge of a whole table would cost seconds per statement.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # A worker that vanished must release its locks: otherwise its cases would be blocked.
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class Runner(Protocol):
    """Runs statements: the database (each in its own transaction), or one open transaction."""

    async def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Run a statement and return its rows."""


class Database:
    """
    A pool that connects at first use, so that a hub starts also while PostgreSQL is unavailable.

    Raises StorageConflict, StorageRefused, StorageUnavailable, and ConfigurationError for a wrong URL.
    """

    def __init__(self, url: str, *, size: int = POOL_SIZE) -> None:
        self._hosts = Hosts(url)
        self._pool = asyncpg.create_pool(
            connect=cast("Any", self._connect),
            connection_class=Connection,
            min_size=0,
            max_size=size,
            command_timeout=COMMAND_TIMEOUT,
            max_cached_statement_lifetime=0,
            server_settings=SESSION,
            init=_set_codecs,
            reset=_nothing_to_reset,
        )
        # A command has a small pool, and does nothing beside its work.
        self._common = asyncio.Semaphore(size - KEPT if size > 2 * KEPT else size)

    async def __aenter__(self) -> Self:
        await self._pool
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._pool.close()

    async def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Run a statement in its own transaction."""
        async with self._connection() as connection:
            with translated():
                rows: list[asyncpg.Record] = await connection.fetch(statement, *arguments)
        return rows

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        """Open a read-only transaction that sees one snapshot throughout."""
        async with self.transaction(isolation="repeatable_read", readonly=True) as run:
            yield run

    @asynccontextmanager
    async def transaction(self, **how: Any) -> AsyncIterator[Transaction]:
        """
        Open a transaction; commit at the end of the block, roll back when it raises.

        Translates only the errors of this class's own calls: an OSError that the block raises
        stays unchanged.
        """
        async with self._connection() as connection:
            work = connection.transaction(**how)
            with translated():
                await work.start()
            try:
                yield Transaction(connection)
            except BaseException:
                await _roll_back(work)
                raise
            with translated():
                await work.commit()

    async def _connect(self, _url: None, **options: Any) -> asyncpg.Connection:
        return await connect(self._hosts, **options)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """Lend a connection; to work that is not urgent, none of those that are kept."""
        async with self._turn():
            with translated():
                connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT)
            try:
                yield connection
            finally:
                with translated():
                    await self._pool.release(connection)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if RIGHT_OF_WAY.is_urgent():
            yield
            return
        with translated():
            async with asyncio.timeout(ACQUIRE_TIMEOUT):
                await self._common.acquire()
        try:
            yield
        finally:
            self._common.release()


class Store:
    """Base of stores. It is a Runner, so the functions of other modules serve as its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.rows = database.rows


class Transaction:
    """An open transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Run a statement in this transaction."""
        with translated():
            rows: list[asyncpg.Record] = await self._connection.fetch(statement, *arguments)
        return rows


async def write(
    run: Runner, statement: str, rows: Sequence[tuple[object, ...]], *more: object
) -> list[asyncpg.Record]:
    """Run a statement that takes rows as one array per column, then `more`; without rows nothing runs."""
    return await run.rows(statement, *zip(*rows, strict=True), *more) if rows else []


def read(kind: type[T], row: asyncpg.Record | Mapping[str, Any], **more: object) -> T:
    """Make a value from the columns named like its fields; `more` overrides them."""
    return msgspec.convert({**row, **more}, kind)


def read_first(kind: type[T], rows: Sequence[asyncpg.Record]) -> T | None:
    """Make a value of the first row; None without rows."""
    return read(kind, rows[0]) if rows else None


def encode(value: Json) -> bytes:
    """Encode for a `jsonb` parameter. Raises StorageRefused for values that JSON cannot express."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError) as exc:
        raise StorageRefused("not to be written as JSON") from exc


def encode_some(value: Json) -> bytes | None:
    """Encode a container; NULL for an empty one, as most are."""
    return encode(value) if value else None


def storable(text: str | None) -> str | None:
    """Make text that PostgreSQL accepts: NUL becomes U+FFFD, a lone surrogate a question mark."""
    return text and text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def row_of(value: object, fields: Iterable[str]) -> tuple[object, ...]:
    """Return these fields as a row, text as PostgreSQL accepts it."""
    found = (getattr(value, name) for name in fields)
    return tuple(storable(field) if isinstance(field, str) else field for field in found)


async def _roll_back(work: Any) -> None:
    # The caller needs the first error, not that the connection was lost as well.
    try:
        await work.rollback()
    except AWAY + CONFLICT:
        return


async def _set_codecs(connection: Any) -> None:
    # Parameters are encoded already: asyncpg would take a list in an array for a second dimension.
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda encoded: _JSONB_VERSION + encoded,
        decoder=lambda raw: _DECODE(raw[1:]),
    )
    await connection.set_type_codec("json", schema="pg_catalog", encoder=str, decoder=json.loads)


async def _nothing_to_reset(_: object) -> None:
    """Save the round trip of asyncpg's RESET ALL: no statement of the hub changes its session."""


_JSONB_VERSION: Final = b"\x01"
_DECODE: Final = msgspec.json.Decoder().decode


_HEADER: Final = re.compile(r"^-- ([a-z_]+) --$", re.MULTILINE)


def load(name: str) -> Mapping[str, str]:
    """Read `sql/<name>.sql` as name → statement."""
    return statements(files("hub.storage").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8"))


def beside(module: str) -> Mapping[str, str]:
    """Read the `queries.sql` that stands beside a module, given as its `__file__`."""
    return statements(Path(module).with_name("queries.sql").read_text(encoding="utf-8"))


def statements(text: str) -> Mapping[str, str]:
    """Read name → statement; a line `-- name --` begins each."""
    _, *parts = _HEADER.split(text)
    return dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
