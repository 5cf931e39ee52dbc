"""
Events, messages and attempts by month, so that an old month goes by dropping a table.

The tables of today become the first partition, up to the end of this month. Rows that are later, if there are
any, are moved to the partition of rows without a month.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from alembic import op

from hub.storage.migrations.statements import statements_beside

revision = "0010"
down_revision = "0009"

_KEYS: Final = {"event": "key", "message": "id", "attempt": "message_id"}
"""The column of each table that begins with the milliseconds of the event's time."""
_PRIMARY: Final = {"event": "key", "message": "id", "attempt": "message_id, at"}
PLANNED: Final = tuple(f"ALTER TABLE {table} ATTACH PARTITION" for table in _KEYS)
"""What reads rows here and stands in no file: `hub db upgrade --plan` says so."""
_functions = statements_beside(__file__)


def upgrade() -> None:
    _functions()
    at = _next_month(_rows("SELECT now()")[0][0])
    bound, label = UUID(int=int(at.timestamp() * 1000) << 80), at.strftime("until_%Y_%m")
    for table, key in _KEYS.items():
        _divide(table, f"{table}_{label}", key, bound)


def _next_month(now: datetime) -> datetime:
    """Months are those of UTC, as the instants in the ids are."""
    now = now.astimezone(UTC)
    return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)


def _divide(table: str, first: str, key: str, bound: UUID) -> None:
    indexes = _rows(_INDEXES.format(table=table))
    _run(f"ALTER TABLE {table} RENAME TO {first}")
    for name, _ in indexes:
        _run(f"ALTER INDEX {name} RENAME TO {first}_{name.removeprefix(f'{table}_')}")
    _run(_PARENT.format(table=table, first=first, key=key))
    _run(f"ALTER TABLE {table} ADD PRIMARY KEY ({_PRIMARY[table]})")
    for _, definition in indexes:
        # A unique index must contain the key: the one of (id, source) is each month's own.
        if not definition.startswith("CREATE UNIQUE"):
            _run(definition)
    # New months are made like this one.
    _run(f"CREATE TABLE {table}_default (LIKE {first} INCLUDING ALL)")
    if options := _rows(_OPTIONS.format(table=first)):
        _run(f"ALTER TABLE {table}_default SET ({', '.join(option for (option,) in options)})")
    _run(f"ALTER TABLE {table} ATTACH PARTITION {table}_default DEFAULT")
    _run(_LATER.format(table=table, first=first, key=key, bound=bound))
    _run(f"ALTER TABLE {table} ATTACH PARTITION {first} FOR VALUES FROM (MINVALUE) TO ('{bound}')")


_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = '{table}'
ORDER BY indexname
"""
_PARENT: Final = """
CREATE TABLE {table} (LIKE {first} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ({key})
"""
_OPTIONS: Final = "SELECT unnest(reloptions) FROM pg_class WHERE oid = '{table}'::regclass"
_LATER: Final = """
WITH later AS (DELETE FROM {first} WHERE {key} >= '{bound}' RETURNING *)
INSERT INTO {table}_default SELECT * FROM later
"""


def _rows(statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in op.get_bind().exec_driver_sql(statement)]


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)
