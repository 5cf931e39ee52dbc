"""The values of the policy's files and their parsers: opening hours, weekdays, targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias, get_args

from msgspec import Struct

from hub.business_time import BusinessDays, Term
from hub.business_time.dates import Ahead
from hub.business_time.durations import parse_ahead, parse_duration, parse_term
from hub.business_time.opening_hours import Frame, frame
from hub.errors import InvalidPolicy
from hub.resilience.rate_limit import Rate, parse_rate

Target: TypeAlias = Term | Mapping[str, Term]
Expiry: TypeAlias = timedelta | None
"""None means never."""
Frames: TypeAlias = tuple[Frame, ...]
RateLimit: TypeAlias = Rate | None
"""None means no limit."""


class TextLink(StrEnum):
    """When a text message has the link to its page."""

    FITS = "fits"
    """Where it costs no further part."""
    ALWAYS = "always"
    NEVER = "never"


class HourOfDay(Struct, frozen=True):
    """A time of each day, as the time since midnight."""

    since_midnight: timedelta


Daily: TypeAlias = HourOfDay | None
"""None means never."""


DaysOrNever: TypeAlias = BusinessDays | None
"""None means never."""


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
    """The prefix of a text message: the building's name (or else the company's), the company's, or none."""

    BUILDING = "building"
    COMPANY = "company"
    NONE = "none"


class Alphabet(StrEnum):
    """
    The characters of a text message: those of GSM-7, 160 in a part, or all, 70 in a part.

    With GSM-7 accents and emoji are left out; with all of them a text costs more than twice as much.
    """

    GSM7 = "gsm7"
    UNICODE = "unicode"


def _parse_target(value: Any) -> Target:
    if isinstance(value, Mapping):
        return {name: parse_term(term) for name, term in value.items()}
    return parse_term(value)


def _parse_expiry(value: Any) -> Expiry:
    return None if value == "never" else parse_duration(value)


def _parse_daily(value: Any) -> Daily:
    return None if value == "never" else HourOfDay(frame(value, "24:00")[0])


def _parse_days(value: Any) -> DaysOrNever:
    term = None if value == "never" else parse_term(value)
    if isinstance(term, timedelta):
        raise InvalidPolicy('write business days, like "15bd", or "never"')
    return term


def _parse_rate_limit(value: Any) -> RateLimit:
    return None if value == "none" else parse_rate(value)


def _parse_time(value: Any) -> time:
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError) as exc:
        raise InvalidPolicy(f'{value!r} is no time of the day; write "22:00"') from exc


def _parse_frames(value: Any) -> Frames:
    pairs = value if isinstance(value, list) else [value]
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InvalidPolicy('opening hours are a list of pairs: [["08:00", "17:00"]]')
    return tuple(frame(opens, closes) for opens, closes in pairs)


_PARSERS: Final = {
    timedelta: parse_duration,
    time: _parse_time,
    Term: parse_term,
    Ahead: parse_ahead,
    Target: _parse_target,
    Expiry: _parse_expiry,
    Daily: _parse_daily,
    DaysOrNever: _parse_days,
    Frames: _parse_frames,
    Rate: parse_rate,
    RateLimit: _parse_rate_limit,
}


def parse_value(kind: Any, value: Any) -> Any:
    """Parse a value of `Parsed[T]`, as the `dec_hook` of msgspec."""
    [wanted] = get_args(kind)
    return _PARSERS[wanted](value)
