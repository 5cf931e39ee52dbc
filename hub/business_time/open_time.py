"""Open time by day, with running totals: a term of hours is looked up, not walked. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta, tzinfo
from itertools import accumulate
from typing import Final, TypeAlias

from hub.business_time.opening_hours import DAY

Interval: TypeAlias = tuple[datetime, datetime]
"""[from, to) in UTC."""
NONE: Final = timedelta(0)
YEARS: Final = 100
"""No promise reaches this far; an unlimited search would run to the year 9999."""


@dataclass(frozen=True, slots=True)
class _Year:
    """`days` are the open intervals of each day; `totals` the open time from 1 January to the day's end."""

    first: date
    days: tuple[tuple[Interval, ...], ...]
    totals: tuple[timedelta, ...]


class OpenTime:
    """
    The open time of a calendar; a year is worked out when it is first asked for, and kept.

    Instants are UTC, days are those of the zone.
    """

    def __init__(self, open_on: Callable[[date], Iterable[Interval]], zone: tzinfo) -> None:
        self._open_on = open_on
        self._zone = zone
        self._years: dict[int, _Year] = {}

    def due(self, start: datetime, duration: timedelta) -> datetime | None:
        """Return the first instant by which so much has passed since `start`; None if it never does."""
        first, before = self._since_new_year(start)
        left = before + duration
        for number in range(first, min(first + YEARS, MAXYEAR) + 1):
            year = self._years.get(number) or self._made(number)
            if left <= year.totals[-1]:
                day = bisect_left(year.totals, left)
                return _within(year.days[day], left - (year.totals[day - 1] if day else NONE))
            left -= year.totals[-1]
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time in [start, end); nothing when `end` is not after `start`."""
        if end <= start:
            return NONE
        (first, before), (last, until) = self._since_new_year(start), self._since_new_year(end)
        whole = (self._years.get(number) or self._made(number) for number in range(first, last))
        return sum((year.totals[-1] for year in whole), until - before)

    def _since_new_year(self, at: datetime) -> tuple[int, timedelta]:
        """Return the local year of an instant, and the open time in it before the instant."""
        day = at.astimezone(self._zone).date()
        year = self._years.get(day.year) or self._made(day.year)
        number = (day - year.first).days
        before = _before(year.days[number], at)
        return day.year, before + year.totals[number - 1] if number else before

    def _made(self, number: int) -> _Year:
        first = date(number, 1, 1)
        count = (date(number, 12, 31) - first).days + 1
        days = tuple(tuple(_apart(self._open_on(first + n * DAY))) for n in range(count))
        lengths = (sum((closes - opens for opens, closes in day), NONE) for day in days)
        year = self._years[number] = _Year(first=first, days=days, totals=tuple(accumulate(lengths)))
        return year


def _apart(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Leave out empty intervals, and what two have in common: both happen where daylight saving begins."""
    last: datetime | None = None
    for opens, closes in intervals:
        begin = opens if last is None else max(opens, last)
        if begin < closes:
            yield begin, closes
            last = closes


def _before(intervals: Iterable[Interval], start: datetime) -> timedelta:
    """Return the open time before an instant."""
    passed = NONE
    for opens, closes in intervals:
        if opens < start:
            passed += min(closes, start) - opens
    return passed


def _within(intervals: Iterable[Interval], left: timedelta) -> datetime | None:
    """Return when so much of a day's open time has passed."""
    for opens, closes in intervals:
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None
