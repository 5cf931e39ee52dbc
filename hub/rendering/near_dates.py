"""
Dates near now, as operators read them in a row: `hace 42 min`, `hoy 2:00 p. m.`, `mañana`, `24 nov`. Pure.

The whole date stands beside it (`whole`). A term of days ends at 24:00, which is stored as the midnight of
the next day: it has no hour, and belongs to the day that it ends (`term`, `whole_term`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from hub.business_time.dates import as_day, whole_day
from hub.rendering.figures_es import many
from hub.rendering.filters import dia_corto, fecha, fecha_corta, hora

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAYS: Final = {-1: "ayer", 0: "hoy", 1: "mañana"}
"""Days from today → the word."""
_WEEKDAYS: Final = ("Lun", "Mar", "Mié", "Jue", "Vie", "Sáb", "Dom")
_NEAR: Final = 6
"""Days: what is farther has its date."""


def near(at: datetime, now: datetime) -> str:
    """`hace 42 min`; `hoy 2:00 p. m.`; `en 2 días`; `24 nov`; `24 nov 2025`."""
    if abs(at - now) < _HOUR:
        return _in_minutes(at, now)
    return _of_day(as_day(at), as_day(now), "" if whole_day(at) else f" {hora(at)}")


def term(due: datetime, now: datetime) -> str:
    """The end of a term as `near` has it; of whole days the day that ends: `mañana`, and never an hour."""
    return _of_day(as_day(due - _MINUTE), as_day(now), "") if whole_day(due) else near(due, now)


def left(due: datetime, now: datetime) -> str:
    """The time left, or since when it is late: `hoy 2:00 p. m.`, `2 días`; `hace 42 min`, `hace 1 día`."""
    if due > now:
        return term(due, now).removeprefix("en ")
    late = now - due
    if late < _HOUR:
        return _in_minutes(due, now)
    hours = late // _HOUR
    return f"hace {hours} h" if hours < 24 else f"hace {many(late.days, 'día', 'días')}"


def whole(at: datetime) -> str:
    """`lunes 9 de marzo de 2026, 8:05 a. m.`; without an hour where a whole day begins."""
    return fecha(at) if whole_day(at) else f"{fecha(at)}, {hora(at)}"


def exact(at: datetime) -> str:
    """`9 mar 2026, 8:05 a. m.`; without an hour where a whole day begins."""
    return fecha_corta(at).partition(",")[0] if whole_day(at) else fecha_corta(at)


def whole_term(due: datetime) -> str:
    """`lunes 9 de marzo de 2026, al final del día`."""
    return f"{fecha(due - _MINUTE)}, al final del día" if whole_day(due) else whole(due)


def weekday(of: date) -> str:
    """`Mar 1`: a day of this week."""
    return f"{_WEEKDAYS[of.weekday()]} {of.day}"


def _in_minutes(at: datetime, now: datetime) -> str:
    minutes = abs(at - now) // _MINUTE
    if not minutes:
        return "hace un momento" if at <= now else "en un momento"
    return f"{'hace' if at <= now else 'en'} {minutes} min"


def _of_day(of: date, today: date, hour: str) -> str:
    """Say the day; the hour stands only where the day has a word."""
    away = (of - today).days
    if away in _DAYS:
        return f"{_DAYS[away]}{hour}"
    if abs(away) <= _NEAR:
        return f"{'en' if away > 0 else 'hace'} {abs(away)} días"
    return dia_corto(of) if of.year == today.year else f"{dia_corto(of)} {of.year}"
