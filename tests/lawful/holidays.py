"""Colombia's holidays as printed lists (Ley 51 de 1983; from 2026 also 9 July, Ley 2578 de 2026)."""

from datetime import date
from typing import Final

_DAYS: Final = {
    2025: (
        "01-01 01-06 03-24 04-17 04-18 05-01 06-02 06-23 06-30 07-20 08-07 08-18 10-13 11-03 11-17 12-08"
        " 12-25"
    ),
    2026: (
        "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-13 07-20 08-07 08-17 10-12 11-02"
        " 11-16 12-08 12-25"
    ),
    2027: (
        "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-12 07-20 08-07 08-16 10-18 11-01"
        " 11-15 12-08 12-25"
    ),
}
HOLIDAYS: Final = frozenset(
    date.fromisoformat(f"{year}-{day}") for year, days in _DAYS.items() for day in days.split()
)
YEARS: Final = frozenset(_DAYS)
"""The years of which there is a list."""


def is_holiday(day: date) -> bool:
    """Return whether the day is a holiday; raise ValueError outside the lists."""
    if day.year not in YEARS:
        raise ValueError(f"no list of holidays for {day.year}")
    return day in HOLIDAYS
