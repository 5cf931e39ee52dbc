"""The filter of a list as the address of a page has it: days of Bogotá where the API has instants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import urlencode

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.business_time import dates
from hub.model import Word
from hub.operations.bulk.choose import BulkFilter
from hub.web.auth.caller import places_of
from hub.web.services import services

NAMES: Final = BulkFilter.__struct_fields__


class ListFilter(Struct, frozen=True, kw_only=True):
    """All that lists may be narrowed by; both days are included."""

    since: date | None = None
    until: date | None = None
    state: Word | None = None
    only: Literal["lost", "held"] | None = None
    channel: Word | None = None
    event: Word | None = None
    event_id: Word | None = None
    person: Word | None = None
    reason: Word | None = None
    purpose: Word | None = None
    copropiedad: Word | None = None
    case: Word | None = None
    handed_over: bool | None = None


def asked_of(query: Any) -> BulkFilter:
    """Return the filter of a page's query: from the first instant of a day to the last one of another."""
    given: dict[str, Any] = {
        name: value for name in NAMES if (value := getattr(query, name, None)) is not None
    }
    if "since" in given:
        given["since"] = dates.day_start(given["since"])
    if "until" in given:
        given["until"] = dates.next_day_start(given["until"])
    return msgspec.convert(given, BulkFilter)


def address(path: str, query: Any, **changes: str | None) -> str:
    """Return the address of a page with this filter, changed; None takes a part out."""
    given = {name: _text(value) for name in NAMES if (value := getattr(query, name, None)) is not None}
    asked = {name: value for name, value in {**given, **changes}.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def buildings_of(request: web.Request) -> Mapping[str, str]:
    """Return id → name of the copropiedades that the caller may see."""
    return await services(request).directory.place_names(places_of(request))
