"""Durations of the policy: "24h", "15bd". `Parsed` marks struct fields that are read from such text."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol, TypeVar, runtime_checkable

from hub.business_time import BusinessDays, Term
from hub.business_time.dates import Ahead, CalendarDays
from hub.errors import InvalidPolicy

T = TypeVar("T")

if TYPE_CHECKING:
    Parsed = Annotated[T, "written as text"]
else:

    @runtime_checkable
    class Parsed(Protocol[T]):
        """
        A `T` that a file writes as text. msgspec passes `Parsed[T]` to its `dec_hook`.

        msgspec would read a plain `timedelta` itself, as ISO 8601. An empty protocol accepts whatever the
        hook returns.
        """


_DAYS: Final = re.compile(r"([1-9]\d{0,3})d")
_DURATION: Final = re.compile(r"([1-9]\d{0,5})(bd|h|m|s|ms)")
_UNITS: Final = {
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def parse_term(value: Any) -> Term:
    """Read "24h", "90m", "10s", "500ms" or "15bd"; raises InvalidPolicy."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidPolicy(f'{value!r} is not a duration; write "24h", "90m", "10s", "500ms" or "15bd"')
    number, unit = int(match[1]), match[2]
    return BusinessDays(number) if unit == "bd" else number * _UNITS[unit]


def parse_duration(value: Any) -> timedelta:
    """Read a duration of the wall clock; raises InvalidPolicy."""
    term = parse_term(value)
    if isinstance(term, BusinessDays):
        raise InvalidPolicy("business days have no length here; write hours")
    return term


def parse_ahead(value: Any) -> Ahead:
    """Read a lead time: "72h", or "15d" for whole days in between; raises InvalidPolicy."""
    days = _DAYS.fullmatch(value) if isinstance(value, str) else None
    return CalendarDays(int(days[1])) if days else parse_duration(value)
