"""
A person's own working hours, from their staff memberships. Pure.

They replace the company's timetable, including its special days. Colombian holidays apply unless the
membership states work on holidays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Final

from hub.business_time import ColombianHolidays, WorkCalendar
from hub.model import Json, WorkWeek

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KNOWN_WEEKS: Final = 1_024


def fault(hours: Mapping[str, Json]) -> tuple[str, str] | None:
    """
    Check what a schema cannot: return the wrong part and what was expected, or None.

    The part is a day, or empty for the week. Times are `HH:MM`, so that text order is time order.
    """
    for day in DAYS:
        frames = sorted(hours.get(day) or ())
        if any(opens >= closes for opens, closes in frames):
            return day, "expected hours that open before they close; over midnight they are two"
        if any(before[1] > after[0] for before, after in pairwise(frames)):
            return day, "expected hours that do not overlap"
    return None if any(hours.get(day) for day in DAYS) else ("", "expected hours on at least one day")


def weeks_of(memberships: Iterable[Mapping[str, Json] | None]) -> tuple[WorkWeek | None, ...]:
    """
    Read the weeks of a person's staff memberships; empty if none has hours.

    None stands for a membership without hours, which has the company's.
    """
    weeks = {None if hours is None else _week(hours) for hours in memberships}
    return () if weeks <= {None} else tuple(sorted(weeks, key=repr))


def _week(hours: Mapping[str, Json]) -> WorkWeek:
    days = tuple(tuple(sorted((opens, closes) for opens, closes in hours.get(day) or ())) for day in DAYS)
    return WorkWeek(days=days, holidays=hours.get("holidays") is True)


def next_open(weeks: Sequence[WorkWeek | None], at: datetime, company: WorkCalendar) -> datetime:
    """Return the first instant from `at` on that is working time in any of these weeks, in UTC."""
    calendars = [company if week is None else _calendar(week, company.zone) for week in weeks or (None,)]
    return min(calendar.next_open(at) for calendar in calendars)


# Many people share few weeks, so each calendar is built once.
@lru_cache(maxsize=_KNOWN_WEEKS)
def _calendar(week: WorkWeek, zone: tzinfo) -> WorkCalendar:
    holidays = frozenset[date]() if week.holidays else ColombianHolidays()
    return WorkCalendar(dict(enumerate(week.days)), holidays, {}, zone)
