"""Remaining time of a promise, in its own unit of time. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.business_time import BusinessDays, WorkCalendar
from hub.model import Promise
from hub.operations.clocks.schemas import TimeLeft

_SECOND: Final = timedelta(seconds=1)


def time_left(promise: Promise, due_at: datetime, now: datetime, calendar: WorkCalendar) -> TimeLeft:
    """Count from `now` (aware) to `due_at`: business days, business seconds, or seconds of any hour."""
    if due_at < now or promise.in_wall_time:
        return TimeLeft(amount=(due_at - now) // _SECOND, unit="seconds")
    if isinstance(promise.target, BusinessDays):
        # A term of days ends at 24:00, stored as midnight of the next day.
        last = calendar.day_of(due_at - timedelta.resolution)
        return TimeLeft(amount=calendar.business_days(now, last), unit="business_days")
    open_time = calendar.elapsed(now, due_at, mode=promise.mode)
    return TimeLeft(amount=open_time // _SECOND, unit="business_seconds")
