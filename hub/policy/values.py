"""The values of `policy.toml`: durations, opening hours, weekdays, dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

from hub.business_time import BusinessDays, Term
from hub.business_time.dates import Ahead, CalendarDays
from hub.business_time.opening_hours import Frame, frame
from hub.errors import InvalidPolicy
from hub.resilience.rate_limit import Rate, parse_rate

Target: TypeAlias = Term | Mapping[str, Term]
Extension: TypeAlias = Target | None
"""None: it cannot be extended."""
Lead: TypeAlias = Ahead | None
Expiry: TypeAlias = timedelta | None
"""None is never."""
Frames: TypeAlias = tuple[Frame, ...]


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """Monday is 0."""
        return list(Weekday).index(self)


class Prefix(StrEnum):
    """What a text message begins with: the building's name, else the company's; or always the company's."""

    BUILDING = "building"
    COMPANY = "company"
    NONE = "none"


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


def _parse_ahead(value: Any) -> Ahead:
    """Read how long before something: "72h", or "15d" for whole days between; raises InvalidPolicy."""
    days = _DAYS.fullmatch(value) if isinstance(value, str) else None
    return CalendarDays(int(days[1])) if days else parse_duration(value)


def _parse_target(value: Any) -> Target:
    if isinstance(value, Mapping):
        return {name: parse_term(term) for name, term in value.items()}
    return parse_term(value)


def _parse_expiry(value: Any) -> Expiry:
    return None if value == "never" else parse_duration(value)


def _parse_frames(value: Any) -> Frames:
    pairs = value if isinstance(value, list) else [value]
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InvalidPolicy('opening hours are a list of pairs: [["08:00", "17:00"]]')
    return tuple(frame(opens, closes) for opens, closes in pairs)


def _parse_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as exc:
        raise InvalidPolicy(f'{value} is not a date; write "2026-12-24"') from exc


PARSERS: Final = {
    timedelta: parse_duration,
    Term: parse_term,
    Lead: _parse_ahead,
    Target: _parse_target,
    Extension: _parse_target,
    Expiry: _parse_expiry,
    Frames: _parse_frames,
    Rate: parse_rate,
    date: _parse_date,
}
