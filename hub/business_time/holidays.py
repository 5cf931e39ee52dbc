"""Colombia's public holidays."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import country_holidays


@dataclass(frozen=True, slots=True)
class ColombianHolidays(Container[date]):
    """
    Colombia's public holidays of any year, on their observed dates.

    Ley 51 de 1983 moves most of them to a Monday, Ley 2578 de 2026 added 9 July. The library's
    `observed=False` gives the religious dates, which are working days: never use it.
    """

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _holidays_of(day.year)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(country_holidays("CO", years=year, expand=False))
