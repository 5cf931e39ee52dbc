"""The filter of a list as the address of a page has it: days of Bogotá, or instants as the API has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web
from msgspec import Meta

from hub.business_time import dates
from hub.model.bulk import BulkFilter, FilterFields
from hub.people.units import own_name
from hub.rendering import near_dates
from hub.web.auth.caller import places_of
from hub.web.services import services

NAMES: Final = BulkFilter.__struct_fields__
Edge = Annotated[str, Meta(max_length=40, description="A day of Bogotá, or an RFC 3339 instant.")]


class ListFilter(FilterFields, frozen=True, kw_only=True):
    """All that lists may be narrowed by; both days are included, of two instants only the first."""

    since: Edge | None = None
    until: Edge | None = None

    def __post_init__(self) -> None:
        """Refuse a value that is neither a day nor an instant: raises ValueError, which is a wrong query."""
        for edge in filter(None, (self.since, self.until)):
            _begin(edge)


def asked_of(query: Any) -> BulkFilter:
    """Return the filter of a page's query: from the first instant of a day to the last one of another."""
    given: dict[str, Any] = {
        name: value for name in NAMES if (value := getattr(query, name, None)) is not None
    }
    if "since" in given:
        given["since"] = _begin(given["since"])
    if "until" in given:
        given["until"] = _end(given["until"])
    return msgspec.convert(given, BulkFilter)


def window(since: datetime, until: datetime | None = None) -> dict[str, str]:
    """Return the filters that narrow a list to the rows between two instants."""
    edges = {"since": since, "until": until}
    return {name: at.astimezone(dates.ZONE).isoformat() for name, at in edges.items() if at is not None}


def window_words(query: ListFilter) -> str:
    """Say from when until when a list is, if not by whole days: those stand in the form."""
    edges = {"desde el": query.since, "hasta el": query.until}
    if all(edge is None or _is_day(edge) for edge in edges.values()):
        return ""
    return ", ".join(f"{word} {edge_words(edge)}" for word, edge in edges.items() if edge is not None)


def edge_words(edge: str) -> str:
    """`9 mar 2026, 8:05 a. m.`, or a day as it is."""
    return edge if _is_day(edge) else near_dates.exact(dates.instant(edge))


def _is_day(edge: str) -> bool:
    return len(edge) == dates.DATE_LENGTH


def _begin(edge: str) -> datetime:
    return dates.day_start(date.fromisoformat(edge)) if _is_day(edge) else dates.instant(edge)


def _end(edge: str) -> datetime:
    return dates.next_day_start(date.fromisoformat(edge)) if _is_day(edge) else dates.instant(edge)


def address(path: str, query: Any, **changes: str | None) -> str:
    """Return the address of a page with this filter, changed; None takes a part out."""
    given = {name: _text(value) for name in NAMES if (value := getattr(query, name, None)) is not None}
    asked = {name: value for name, value in {**given, **changes}.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def buildings_of(request: web.Request) -> Mapping[str, str]:
    """Return id → own name of the copropiedades that the caller may see."""
    names = await services(request).directory.place_names(places_of(request))
    return {place: own_name(name) for place, name in names.items()}
