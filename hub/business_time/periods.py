"""The periods that somebody looks back on, by name, and the steps of a period. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

Named: TypeAlias = Literal["30d", "month", "last", "90d", "year"]
Days: TypeAlias = tuple[date, date]
"""The first day and the last, both included."""
MOST_WEEKS: Final = 15
"""Steps of a period: a longer one is shown by months, of which a year has few enough."""
_DAY: Final = timedelta(days=1)
_BACK: Final = {"30d": 30, "90d": 90}


def named(name: Named, today: date) -> Days:
    """Return the days of a period that ends today, or of the month before this one."""
    if name in _BACK:
        return today - (_BACK[name] - 1) * _DAY, today
    if name == "last":
        until = today.replace(day=1) - _DAY
        return until.replace(day=1), until
    return today.replace(day=1) if name == "month" else today.replace(month=1, day=1), today


def steps(since: date, until: date) -> Sequence[Days]:
    """Cut a period into weeks from Monday, or if they are many into months; the ends may be shorter."""
    weeks = list(_cut(since, until, weekly=True)) if (until - since).days < MOST_WEEKS * 7 else []
    return weeks if 0 < len(weeks) <= MOST_WEEKS else list(_cut(since, until, weekly=False))


def _cut(since: date, until: date, *, weekly: bool) -> Iterator[Days]:
    while since <= until:
        following = since + (7 - since.weekday()) * _DAY if weekly else _next_month(since)
        yield since, min(following - _DAY, until)
        since = following


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 31 * _DAY).replace(day=1)
