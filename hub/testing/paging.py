"""Pages of lists in memory. A cursor is the place of the next row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.errors import StorageRefused
from hub.model import Json
from hub.ports import Page


def page(rows: Sequence[Mapping[str, Json]], after: str | None, limit: int) -> Page:
    """Cut a page out of all rows; raises StorageRefused for a cursor that is none of ours."""
    start = 0 if after is None else _place(after)
    end = start + limit
    return Page(items=rows[start:end], next=str(end) if end < len(rows) else None)


def _place(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit()):
        raise StorageRefused("The cursor is not one that a list has given.")
    return int(cursor)
