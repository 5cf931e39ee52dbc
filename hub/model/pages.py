"""Pages of lists: their rows, the cursor between them, and the parameters that ask for one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from types import GenericAlias, new_class
from typing import Annotated, Final, Generic, TypeAlias, TypeVar, cast

import msgspec
from msgspec import Meta, Struct

from hub.errors import InvalidCursor

MAX_LIMIT: Final = 500
Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str, Meta(max_length=200, description="The `next` of the page before.")]

T = TypeVar("T")
Row = TypeVar("Row")
Key: TypeAlias = tuple[str, ...]


class Rows(Struct, Generic[Row], kw_only=True):
    """A page of a list; `next` is the cursor of the next page."""

    items: list[Row]
    next: str | None


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a paged list without filters."""

    after: Cursor | None = None
    limit: Limit = 50


class ListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a list that mostly fits onto one page."""

    after: Annotated[str, Meta(max_length=2000, description="The `next` of the page before.")] | None = None
    limit: Limit = MAX_LIMIT


def page_of(row: type[Row]) -> type[Rows[Row]]:
    """Make the shape of a page: of `MessageRow` it is called `MessagePage`."""
    name = f"{row.__name__.removesuffix('Row')}Page"
    return cast(type[Rows[Row]], new_class(name, (GenericAlias(Rows, row),)))


def rows_by(rows: Iterable[Row], query: ListQuery | PageQuery, key: Callable[[Row], Key]) -> Rows[Row]:
    """Return a page of a list that is read whole, as `cut` makes it."""
    items, following = cut(rows, query, key)
    return Rows(items=items, next=following)


def cut(
    rows: Iterable[T], query: ListQuery | PageQuery, key: Callable[[T], Key], *, newest_first: bool = False
) -> tuple[list[T], str | None]:
    """
    Cut the page after the cursor out of a list that is read whole, and make the cursor of the next one.

    `key` is the order, and no two rows have the same: what is added or removed between two pages moves no
    other row. Raises InvalidCursor.
    """
    ordered = sorted(rows, key=key, reverse=newest_first)
    after = None if query.after is None else _decoded(query.after)
    if after is not None:
        ordered = [row for row in ordered if (key(row) < after if newest_first else key(row) > after)]
    more = len(ordered) > query.limit
    return ordered[: query.limit], _encoded(key(ordered[query.limit - 1])) if more else None


def _encoded(key: Key) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _decoded(cursor: str) -> Key:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[str, ...])
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
