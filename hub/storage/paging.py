"""Keyset pages, newest first: rows in the shapes of the API, and the cursor between them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record

from hub.errors import StorageRefused
from hub.model import Json
from hub.model.pages import PageQuery, Row, Rows
from hub.storage.database import Runner, read

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=0))
"""The cursor before the first page."""

_NOT_OURS: Final = "The cursor is not one that a list has given."

Cursor = tuple[datetime, UUID]


def shown(row: Record) -> dict[str, Json]:
    """Make plain values of a row."""
    plain: dict[str, Json] = msgspec.to_builtins(dict(row))
    return plain


async def rows_of(
    kind: type[Row], run: Runner, statement: str, query: PageQuery, *asked: object, by: str
) -> Rows[Row]:
    """Read a page of a statement whose first parameters are the cursor and the number of rows."""
    rows = await run.rows(statement, *cursor(query.after), query.limit + 1, *asked)
    return rows_page(rows, query.limit, by, partial(read, kind))


def rows_page(
    rows: Sequence[Record], limit: int, ordered_by: str, made: Callable[[Record], Row]
) -> Rows[Row]:
    """Make a page of up to `limit` rows, each by `made`; one extra row means that there is a next page."""
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else _encode_cursor(last[ordered_by], last["id"])
    return Rows(items=[made(row) for row in rows[:limit]], next=following)


def _encode_cursor(at: datetime, row_id: UUID) -> str:
    """Encode the position after a row."""
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(microseconds.to_bytes(8, "big", signed=True) + row_id.bytes).decode()


def cursor(after: str | None, first: Cursor = _NEWEST) -> Cursor:
    """Decode a cursor, `first` for None; raises StorageRefused for an invalid one."""
    if after is None:
        return first
    try:
        raw = base64.urlsafe_b64decode(after)
        microseconds = int.from_bytes(raw[:8], "big", signed=True)
        return _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw[8:])
    except (ValueError, OverflowError) as exc:
        raise StorageRefused(_NOT_OURS) from exc


def write_ref(ref: str) -> str:
    """Encode the position after a ref or name."""
    return base64.urlsafe_b64encode(ref.encode()).decode()


def read_ref(after: str | None) -> str:
    """Decode such a cursor, the beginning for None; raises StorageRefused for an invalid one."""
    try:
        ref = base64.urlsafe_b64decode(after or "").decode()
    except ValueError as exc:
        raise StorageRefused(_NOT_OURS) from exc
    if "\0" in ref:
        raise StorageRefused(_NOT_OURS)
    return ref
