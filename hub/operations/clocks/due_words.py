"""Due instants and ends of promises, in words for Colombian readers. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.business_time import BusinessDays, WorkCalendar
from hub.business_time.dates import whole_day
from hub.business_time.opening_hours import DAY
from hub.model import ClockHistory, ClockState, Promise
from hub.operations.clocks.schemas import TimeLeft
from hub.rendering.filters import fecha, la_hora

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = 86400  # seconds
_HOUR: Final = 3600
_MINUTE: Final = 60
_MANY_HOURS: Final = 72 * _HOUR
"""Longer times are shown in days: nobody thinks in 5377 hours."""

_ENDS: Final = {ClockState.MET: "cumplido", ClockState.BREACHED: "cumplido tarde"}


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


def ended_words(state: ClockState, ended_at: datetime, now: datetime) -> str:
    """`cumplido tarde el martes 10 a las 3:00 p. m.`."""
    return f"{_ENDS.get(state, 'cancelado')} el {_instant(ended_at, now)}"


def paused_words(course: ClockHistory, now: datetime) -> str:
    """`en pausa desde el lunes 9 a las 8:00 a. m.`."""
    return f"en pausa desde el {_instant(course.pauses[-1].since, now)}"


def due_words(promise: Promise, due_at: datetime, now: datetime, calendar: WorkCalendar) -> str:
    """`vence el miércoles 11 a las 2:05 p. m., en 5 horas hábiles`; `venció hace 2 días hábiles`."""
    in_days = isinstance(promise.target, BusinessDays) if promise.until is None else whole_day(due_at)
    if due_at < now:
        since = _time(_late(promise, due_at, now, calendar))
        return f"venció hace {since}" if since else f"venció el {_due(due_at, now, in_days=in_days)}"
    left = _time(time_left(promise, due_at, now, calendar))
    ahead = f", en {left}" if left else ""
    return f"vence el {_due(due_at, now, in_days=in_days)}{ahead}"


def _late(promise: Promise, due_at: datetime, now: datetime, calendar: WorkCalendar) -> TimeLeft:
    """Count how late it is, in the promise's own unit of time."""
    if promise.in_wall_time:
        return TimeLeft(amount=int((now - due_at).total_seconds()), unit="seconds")
    if isinstance(promise.target, BusinessDays):
        late = calendar.business_days(due_at - timedelta.resolution, calendar.day_of(now))
        return TimeLeft(amount=late, unit="business_days")
    open_time = calendar.elapsed(due_at, now, mode=promise.mode)
    return TimeLeft(amount=int(open_time.total_seconds()), unit="business_seconds")


def _time(left: TimeLeft) -> str:
    """Round down to the largest unit with at least one; empty for less than the smallest."""
    if left.unit == "business_days":
        return _number(left.amount, "día hábil", "días hábiles")
    if left.unit == "business_seconds":
        hours = _number(left.amount // _HOUR, "hora hábil", "horas hábiles")
        return hours or _number(left.amount // _MINUTE, "minuto hábil", "minutos hábiles")
    if left.amount > _MANY_HOURS:
        return _number(left.amount // _DAY, "día", "días")
    hours = _number(left.amount // _HOUR, "hora", "horas")
    return hours or _number(left.amount // _MINUTE, "minuto", "minutos")


def _number(amount: int, one: str, many: str) -> str:
    return "" if amount < 1 else f"{amount} {one if amount == 1 else many}"


def _due(due_at: datetime, now: datetime, *, in_days: bool) -> str:
    # A term of days ends at 24:00, stored as midnight of the next day.
    return f"{_day(due_at - DAY, now)} al final del día" if in_days else _instant(due_at, now)


def _instant(at: datetime, now: datetime) -> str:
    return f"{_day(at, now)} a {la_hora(at)}"


def _day(at: datetime, now: datetime) -> str:
    """`miércoles 11`; with the month or the year if they differ from `now`."""
    day, month, year = fecha(at).split(" de ")
    _, this_month, this_year = fecha(now).split(" de ")
    if year != this_year:
        return f"{day} de {month} de {year}"
    return day if month == this_month else f"{day} de {month}"
