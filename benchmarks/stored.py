"""
Databases in which much is stored already: copies of one that the hub has written, filled by SQL.

Each new row is a copy of a row of the hub's own with another id and instant. The ids spread over the last
twelve months, as those of a hub that has run for a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

import asyncpg

from hub.local.postgres import DATABASE, Postgres

AT_ONCE: Final = 50_000
YEAR: Final = "interval '365 days'"

_AT: Final = f"(timestamptz '%(now)s' - {YEAR} + {YEAR} * n / %(total)d)"
_ID: Final = (
    "(lpad(to_hex(floor(extract(epoch FROM {at}) * 1000)::bigint), 12, '0')"
    " || '8' || substr(md5('{kind}' || n), 1, 3) || '8' || substr(md5('{kind}' || n), 4, 15))::uuid"
)
_EVENT: Final = _ID.format(at=_AT, kind="event")
_MESSAGE: Final = _ID.format(at=_AT, kind="message")

CHANGED: Final[Mapping[str, Mapping[str, str]]] = {
    "event": {
        "key": _EVENT,
        "id": "'stored-' || n",
        "time": _AT,
        "received_at": _AT,
        "planned_at": _AT,
    },
    "message": {
        "id": _MESSAGE,
        "event_key": _EVENT,
        "event_id": "'stored-' || n",
        "created_at": _AT,
        "updated_at": _AT,
        "ticketed_at": _AT,
    },
    "attempt": {"message_id": _MESSAGE, "at": _AT},
    "audience_record": {"event_key": _EVENT},
}
"""The columns that a copy has of its own, by table."""

JOINS: Final[Mapping[str, str]] = {
    "event": "row.key = pattern.event",
    "message": "row.id = pattern.message",
    "attempt": "row.message_id = pattern.message",
    "audience_record": "row.event_key = pattern.event",
}
"""How the rows of a table belong to the event that is copied."""

_PATTERNS: Final = """
CREATE TEMPORARY TABLE pattern AS
SELECT row_number() OVER (ORDER BY length(unit_id), unit_id) - 1 AS number, event, message
FROM (
    SELECT DISTINCT ON (event.unit_id) event.unit_id, event.key AS event, message.id AS message
    FROM event JOIN message ON message.event_key = event.key AND message.state = 'sent'
    WHERE event.unit_id IS NOT NULL
    ORDER BY event.unit_id, event.key
) AS sent
ORDER BY number
LIMIT {homes}
"""
_COLUMNS: Final = """
SELECT column_name FROM information_schema.columns
WHERE table_name = $1 AND table_schema = 'public' AND is_generated = 'NEVER'
"""
_INSERT: Final = """
INSERT INTO {table} ({columns})
SELECT {values}
FROM generate_series({{first}}, {{last}}) AS n
JOIN pattern ON pattern.number = n % (SELECT count(*) FROM pattern)
JOIN {table} AS row ON {join}
"""


async def copy_database(postgres: Postgres, name: str) -> str:
    """Copy what the hub has written so far, while nobody is connected to it; answer the copy's URL."""
    connection = await asyncpg.connect(postgres.url_of("postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{DATABASE}"')
    finally:
        await connection.close()
    return postgres.url_of(name)


async def fill(url: str, total: int, *, homes: int, say: Callable[[str], None]) -> None:
    """Store so many more events, with their messages and attempts, about so many homes in turn."""
    connection = await asyncpg.connect(url, timeout=30)
    try:
        await connection.execute(_PATTERNS.format(homes=homes))
        await connection.execute("ANALYZE pattern")
        # One instant for all statements: rows that belong together have the same.
        spread = {"now": datetime.now(UTC), "total": total}
        statements = [await _statement(connection, table, spread) for table in CHANGED]
        for first in range(1, total + 1, AT_ONCE):
            last = min(total, first + AT_ONCE - 1)
            for statement in statements:
                await connection.execute(statement.format(first=first, last=last))
            if total > AT_ONCE:
                say(f"{last:,} of {total:,} stored")
        await _settle(connection, CHANGED)
    finally:
        await connection.close()


async def _statement(connection: asyncpg.Connection, table: str, spread: Mapping[str, object]) -> str:
    """Make the statement that stores rows `{first}` to `{last}` of a table."""
    rows = await connection.fetch(_COLUMNS, table)
    columns = [row["column_name"] for row in rows]
    values = [CHANGED[table].get(column, f'row."{column}"') % spread for column in columns]
    return _INSERT.format(
        table=table,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(values),
        join=JOINS[table],
    )


async def _settle(connection: asyncpg.Connection, tables: Iterable[str]) -> None:
    """Do now what PostgreSQL would do later, while the benchmark measures."""
    for table in tables:
        await connection.execute(f'VACUUM (ANALYZE) "{table}"')
    await connection.execute("CHECKPOINT")
