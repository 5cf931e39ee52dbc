"""Pages of lists in memory. A cursor is the place of the next row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.errors import StorageRefused
from hub.model import Json
from hub.ports import Page


def page(rows: Sequence[Mapping[str, Json]], after: str | None, limit: int) -> Page:
    """Cut a page out of all rows; raises StorageRefused for a cursor that is none of ours."""
    start = place(after)
    end = start + limit
    return Page(items=rows[start:end], next=str(end) if end < len(rows) else None)


def place(cursor: str | None) -> int:
    """Read a cursor, the beginning for None."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise StorageRefused("The cursor is not one that a list has given.")
    return int(cursor)
