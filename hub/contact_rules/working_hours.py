"""
Working hours of a person's own, as the memberships of the staff say them. Pure.

They take the place of the company's timetable, whatever its special days say; the holidays of Colombia
count for everybody who does not say that he works on them.
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
    Tell what no schema can say of hours that have its form: which part is wrong, and what was expected.

    The part is a day, or empty for the week. Times are `HH:MM`, so that their text is in their order.
    """
    for day in DAYS:
        frames = sorted(hours.get(day) or ())
        if any(opens >= closes for opens, closes in frames):
            return day, "expected hours that open before they close; over midnight they are two"
        if any(before[1] > after[0] for before, after in pairwise(frames)):
            return day, "expected hours that do not overlap"
    return None if any(hours.get(day) for day in DAYS) else ("", "expected hours on at least one day")


def weeks_of(said: Iterable[Mapping[str, Json] | None]) -> tuple[WorkWeek | None, ...]:
    """
    Read what somebody's memberships of the staff say; empty where none says anything.

    One that says nothing works the company's hours: None stands for those.
    """
    weeks = {None if hours is None else _week(hours) for hours in said}
    return () if weeks <= {None} else tuple(sorted(weeks, key=repr))


def _week(hours: Mapping[str, Json]) -> WorkWeek:
    days = tuple(tuple(sorted((opens, closes) for opens, closes in hours.get(day) or ())) for day in DAYS)
    return WorkWeek(days=days, holidays=hours.get("holidays") is True)


def next_open(weeks: Sequence[WorkWeek | None], at: datetime, company: WorkCalendar) -> datetime:
    """Answer the first instant from `at` on at which any of these weeks is working time, in UTC."""
    calendars = [company if week is None else _calendar(week, company.zone) for week in weeks or (None,)]
    return min(calendar.next_open(at) for calendar in calendars)


# Few weeks are many people's: a calendar is read once, and not for each of them.
@lru_cache(maxsize=_KNOWN_WEEKS)
def _calendar(week: WorkWeek, zone: tzinfo) -> WorkCalendar:
    holidays = frozenset[date]() if week.holidays else ColombianHolidays()
    return WorkCalendar(dict(enumerate(week.days)), holidays, {}, zone)
