"""Pages of lists: their rows, the cursor between them, and the parameters that ask for one."""

from __future__ import annotations

from types import GenericAlias, new_class
from typing import Annotated, Final, Generic, TypeVar, cast

from msgspec import Meta, Struct

MAX_LIMIT: Final = 500
Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str, Meta(max_length=200, description="The `next` of the page before.")]

Row = TypeVar("Row", bound=Struct)


class Rows(Struct, Generic[Row], kw_only=True):
    """A page of a list; `next` is the cursor of the next page."""

    items: list[Row]
    next: str | None


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a paged list without filters."""

    after: Cursor | None = None
    limit: Limit = 50


def page_of(row: type[Row]) -> type[Rows[Row]]:
    """Make the shape of a page: of `MessageRow` it is called `MessagePage`."""
    name = f"{row.__name__.removesuffix('Row')}Page"
    return cast(type[Rows[Row]], new_class(name, (GenericAlias(Rows, row),)))
