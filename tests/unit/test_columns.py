"""The columns of a table, from the fields of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hub.model import Lane
from hub.storage.messages import columns_of, unnested


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: UUID
    lane: Lane
    number: int
    note: str | None = None
    at: datetime | None = None
    rests: bool = False
    lasts: timedelta | None = None
    units: tuple[str, ...] = ()


def test_each_field_is_a_column_of_its_type() -> None:
    assert columns_of(Row) == {
        "id": "uuid",
        "lane": "text",
        "number": "smallint",
        "note": "text",
        "at": "timestamptz",
        "rests": "bool",
        "lasts": "interval",
        "units": "jsonb",
    }


def test_insert_parameters_follow_the_order_of_columns() -> None:
    assert "unnest($1::uuid[], $2::text[]) AS given (id, lane)" == unnested({"id": "uuid", "lane": "text"})
