"""Connections to PostgreSQL, to the first host that answers; its errors translated to the hub's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

import asyncpg
from asyncpg.exceptions import _base as client_side

from hub.errors import ConfigurationError, StorageConflict, StorageRefused, StorageUnavailable, Unavailable
from hub.hosts import Hosts

CONNECT_TIMEOUT: Final = 5.0  # seconds

CONFLICT: Final = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    # A transaction that changes partitions waits only briefly.
    asyncpg.LockNotAvailableError,
    # The schema changed under a prepared statement: the retry prepares it again.
    asyncpg.InvalidCachedStatementError,
)
_REFUSED: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    # An index entry over 2,704 bytes, a JSON document nested too deeply.
    asyncpg.ProgramLimitExceededError,
    client_side.DataError,
)
AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # The server is a standby now: a failover.
    asyncpg.ReadOnlySQLTransactionError,
    # The database is being made, restored or upgraded.
    asyncpg.InvalidCatalogNameError,
    # Tables are missing, or our rights were revoked: no event may become a dead letter for that.
    asyncpg.SyntaxOrAccessError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


def _record(name: str, array: int, element: int) -> dict[str, object]:
    """Describe an array as asyncpg's question would."""
    nothing = dict.fromkeys(
        ("basetype", "basetype_name", "range_subtype", "range_subtype_name", "attrtypoids", "attrnames")
    )
    whole = {"oid": array, "ns": "pg_catalog", "name": f"_{name}", "kind": b"b", "elemdelim": b","}
    return {**nothing, **whole, "elemtype": element, "elemtype_name": name}


ARRAYS: Final = {
    "bool": (1000, 16),
    "bytea": (1001, 17),
    "date": (1182, 1082),
    "float8": (1022, 701),
    "int2": (1005, 21),
    "int4": (1007, 23),
    "int8": (1016, 20),
    "interval": (1187, 1186),
    "json": (199, 114),
    "jsonb": (3807, 3802),
    "timestamptz": (1185, 1184),
    "uuid": (2951, 2950),
}
"""Type of PostgreSQL → the numbers of its array and of itself, which are the same in every server."""
_BY_NUMBER: Final = {array: _record(name, array, element) for name, (array, element) in ARRAYS.items()}
_UNASKED: Final = SimpleNamespace(name="unasked")
"""Stands for a statement that was prepared under a name of its own: the one in hand stays prepared."""


class Connection(asyncpg.Connection):
    """
    Knows PostgreSQL's own arrays without asking.

    asyncpg asks for each in each new connection: 9 ms of the server for the first one, 5 for each other. The
    connection itself takes 5.
    """

    async def _introspect_types(self, typeoids: Collection[int], timeout: float | None) -> Any:  # noqa: ASYNC109 - asyncpg says it
        if _BY_NUMBER.keys() >= set(typeoids):
            return [_BY_NUMBER[number] for number in typeoids], _UNASKED
        return await super()._introspect_types(typeoids, timeout)  # type: ignore[misc]  # no stub has it


async def connect(hosts: Hosts, **options: Any) -> asyncpg.Connection:
    """
    Connect to a server that answers and is what `target_session_attrs` of the URL asks for.

    asyncpg itself would wait at a host that is off until the time is over, and end at one that is starting.
    """

    async def one(url: str) -> asyncpg.Connection:
        with translated():
            return await asyncpg.connect(url, **options, timeout=hosts.patience(CONNECT_TIMEOUT))

    return await hosts.first(one)


@contextmanager
def translated() -> Iterator[None]:
    """Translate PostgreSQL's errors to the hub's, without the values that they quote."""
    try:
        yield
    except Unavailable:  # said already; it is an OSError, too
        raise
    except CONFLICT as exc:
        raise StorageConflict from exc
    except _REFUSED as exc:
        # Without its cause: a logged traceback would quote the value.
        raise StorageRefused(_condition(exc)) from None
    except asyncpg.ClientConfigurationError as exc:
        raise ConfigurationError("HUB_DATABASE_URL is not the address of a PostgreSQL database.") from exc
    except AWAY as exc:
        raise StorageUnavailable(f"{StorageUnavailable.__doc__} ({type(exc).__name__})") from exc


def _condition(exc: BaseException) -> str:
    state = getattr(exc, "sqlstate", None)
    return f"SQLSTATE {state}" if state else "a value does not fit its column"
