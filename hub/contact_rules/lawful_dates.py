"""
Lawful dates: what the law says of the dates that an event announces, checked before it is taken in. Pure.

A check is a line of `CHECKS`. An announcement against it is refused, unless its data name a person who
answers for another date, and why (`override`): the law itself leaves much to the bylaws of a building.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from hub.business_time import WorkCalendar
from hub.business_time.dates import ZONE, CalendarDays, ahead_of, as_day
from hub.business_time.rfc3339 import parse
from hub.model import Event, Json

OVERRIDE: Final = "override"
"""The field of the person who answers for another date: `{"by": …, "reason": …}`."""
_CALL_AHEAD: Final = CalendarDays(15)
_DAY: Final = timedelta(days=1)
_SECOND_CALL_DAY: Final = 3
_SECOND_CALL_AT: Final = time(20)


@dataclass(frozen=True, slots=True)
class UnlawfulDate:
    """A date against the law: its field, a lawful one in its place, what is expected, and the article."""

    field: str
    lawful: datetime
    expected: str
    article: str


Check = Callable[[Event, WorkCalendar], UnlawfulDate | None]


def unlawful_dates(event: Event, calendar: WorkCalendar) -> Iterator[UnlawfulDate]:
    """Yield what is against the law, of an event whose data fit its schema. A quiet event tells nobody."""
    answered = all(word.strip() for word in override_of(event) or ("",))
    if event.extensions.get("quiet") is not True and not answered:
        found = (check(event, calendar) for check in CHECKS.get(event.name, ()))
        yield from (one for one in found if one is not None)


def _call(event: Event, _: WorkCalendar) -> UnlawfulDate | None:
    """Compare with the event's time: a call that was in time stays lawful, however late it arrives."""
    meets = event.data["starts_at"]
    if event.data["kind"] != "ordinaria" or event.time <= ahead_of(meets, _CALL_AHEAD):
        return None
    first = as_day(event.time) + (_CALL_AHEAD.count + 1) * _DAY
    return UnlawfulDate(
        "starts_at",
        datetime.combine(first, parse(meets).astimezone(ZONE).time(), ZONE),
        f"{first} or later, because {_CALL_AHEAD.count} whole days lie between the call of an ordinary "
        "assembly and its day",
        "art. 39",
    )


def _named_second_call(event: Event, calendar: WorkCalendar) -> UnlawfulDate | None:
    return _third_day("second_call_at", event.data["starts_at"], event.data, calendar)


def _second_call(event: Event, calendar: WorkCalendar) -> UnlawfulDate | None:
    """Check against the first call where the event says when that was, else the kind of day and the hour."""
    if first := event.data.get("first_call_at"):
        return _third_day("starts_at", first, event.data, calendar)
    meets = parse(event.data["starts_at"]).astimezone(ZONE)
    if calendar.is_business_day(meets.date()) and meets.time() == _SECOND_CALL_AT:
        return None
    return UnlawfulDate(
        "starts_at",
        _evening(meets, 0 if calendar.is_business_day(meets.date()) else 1, calendar),
        f"a business day at {_SECOND_CALL_AT:%H:%M}, the third one after the first call",
        "art. 41",
    )


def _third_day(
    field: str, first: str, data: Mapping[str, Json], calendar: WorkCalendar
) -> UnlawfulDate | None:
    lawful = _evening(parse(first), _SECOND_CALL_DAY, calendar)
    if parse(data[field]) == lawful:
        return None
    expected = f"{lawful.isoformat()}, the third business day after the first call, at 20:00"
    return UnlawfulDate(field, lawful, expected, "art. 41")


def _evening(after: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """Return the hour of second calls on this business day after an instant, or on its own day."""
    ends = calendar.legal_due(after, days) - _DAY if days else after
    return datetime.combine(as_day(ends), _SECOND_CALL_AT, ZONE)


CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "admin.assembly.convened": (_call, _named_second_call),
    "admin.assembly.second_call": (_second_call,),
}
"""Event → what Ley 675 de 2001 says of its dates, as art. 39 (the call) and art. 41 (the second call)."""
LAW: Final = "Ley 675 de 2001"


def override_of(event: Event) -> tuple[str, str] | None:
    """Return who answers for a date of this event, and why; an erasure may have taken the words."""
    given = event.data.get(OVERRIDE) if event.name in CHECKS and isinstance(event.data, dict) else None
    return (str(given.get("by") or ""), str(given.get("reason") or "")) if isinstance(given, dict) else None
