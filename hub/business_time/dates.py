"""Dates and instants in Colombia: start and end of validity, and lead times. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from hub.business_time.rfc3339 import parse

ZONE: Final = ZoneInfo("America/Bogota")
DATE_LENGTH: Final = len("2026-03-09")
_RESOLUTION: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """Whole calendar days, each of which must have passed."""

    count: int


Ahead: TypeAlias = timedelta | CalendarDays
"""A lead time: hours to the minute, or whole days."""


def instant(text: str) -> datetime:
    """Read a date (its first instant in Colombia) or an RFC 3339 instant. Raises ValueError."""
    if len(text) == DATE_LENGTH:
        return datetime.combine(date.fromisoformat(text), time(), ZONE)
    return parse(text)


def last_instant(text: str) -> datetime:
    """Read an end of validity: the end (24:00) of a date, or an instant. Raises ValueError."""
    return instant(text) + _DAY if len(text) == DATE_LENGTH else parse(text)


def ahead_of(text: str, by: Ahead) -> datetime:
    """
    Return the last instant with this lead time before a date or an instant. Raises ValueError.

    Whole days must lie in between: 15 of them before anything on the 26th means the end of the 10th.
    """
    if isinstance(by, timedelta):
        return instant(text) - by
    return _midnight(instant(text)) - by.count * _DAY


def whole_day(at: datetime) -> bool:
    """Return whether an instant is the end of a day, which is the start of the next."""
    return at == _midnight(at)


def day_end(at: datetime) -> datetime:
    """Return the end of the instant's day; a day's end belongs to that day."""
    return at if whole_day(at) else _midnight(at) + _DAY


def as_day(at: datetime) -> date:
    """Return the instant's day in Colombia."""
    return at.astimezone(ZONE).date()


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(ZONE).date(), time(), ZONE)


def query_instant(text: str) -> datetime:
    """Read the time of a query, or of a fact: an instant, or the last one of a date. Raises ValueError."""
    if len(text) == DATE_LENGTH:
        return instant(text) + timedelta(days=1) - _RESOLUTION
    return parse(text)


def written(at: datetime | None) -> str | None:
    """Write an instant as its date if it is the start of a day in Colombia, else as RFC 3339."""
    if at is None:
        return None
    local = at.astimezone(ZONE)
    return local.date().isoformat() if local.time() == time() else at.isoformat()


def day_start(day: date) -> datetime:
    """Return when a day begins in Colombia."""
    return datetime.combine(day, time.min, ZONE)


def next_day_start(day: date) -> datetime:
    """Return when the day after this one begins in Colombia; the last day has none, and begins itself."""
    return day_start(day if day == date.max else day + timedelta(days=1))
