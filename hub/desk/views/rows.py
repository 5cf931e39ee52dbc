"""Saved views as rows, and the body that saves one."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from msgspec import Meta, Struct

from hub.model import Instant

_OF_THE_PAGE: Final = frozenset({"after", "done", "format", "key", "limit", "open"})
"""What a query says of one look at the page: no view has it."""
_Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S", description="Its name in the list.")]


class SavedViewRow(Struct, kw_only=True, frozen=True):
    """A view of one's own: `query` is that of `/cases`."""

    name: str
    query: str
    at: Instant


class SaveViewBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same name again replaces the view."""

    name: _Name
    query: Annotated[
        str, Meta(max_length=1000, description="What the list is asked, such as `view=mine&kind=repairs`.")
    ] = ""


def asked_in(query: str) -> dict[str, str]:
    """Return what a query asks of the list, by parameter."""
    return {name: value for name, value in parse_qsl(query.lstrip("?")) if name not in _OF_THE_PAGE}


def as_query(asked: dict[str, str]) -> str:
    return urlencode(asked)
