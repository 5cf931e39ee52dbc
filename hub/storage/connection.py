"""Connections to PostgreSQL, to the first host that answers; its errors translated to the hub's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
