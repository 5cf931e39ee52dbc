"""How much time a promise has left, in the time in which it runs. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.business_time import BusinessDays
from hub.policy import Policy
from hub.web.shapes import Left

_SECOND: Final = timedelta(seconds=1)


def time_left(clock: str, due_at: datetime, now: datetime, policy: Policy) -> Left:
    """Count from `now` (aware) to `due_at`: business days, business seconds, or seconds of any hour."""
    rules = policy.clocks.get(clock)
    if due_at < now or rules is None or rules.any_hour:
        return Left(amount=(due_at - now) // _SECOND, unit="seconds")
    if isinstance(rules.target_for({}), BusinessDays):
        return Left(amount=_business_days(due_at, now, policy), unit="business_days")
    open_time = policy.calendar.elapsed(now, due_at, mode=policy.calendar_rules.mode)
    return Left(amount=open_time // _SECOND, unit="business_seconds")


def _business_days(due_at: datetime, now: datetime, policy: Policy) -> int:
    calendar = policy.calendar
    today = now.astimezone(calendar.zone).date()
    # A term of days ends at 24:00, which is written as the next day's midnight.
    last = (due_at - timedelta.resolution).astimezone(calendar.zone).date()
    days = (today + timedelta(days=n + 1) for n in range((last - today).days))
    return sum(calendar.is_business_day(day) for day in days)
