"""
Calendar months in UTC, by their first instant.

Events, messages and attempts are stored by the month of the event's time, with which their ids begin.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import msgspec

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant of the least id that an event of our time may have."""

Range = tuple[datetime, datetime]
"""From an instant, up to another that is not in it."""


class StoredMonth(msgspec.Struct, frozen=True, kw_only=True):
    """
    A partition, of all tables together; numbers of rows are PostgreSQL's estimates.

    The oldest may hold all that was before it (`since` is the epoch). `is_rest` is where events go for
    which no month has been made.
    """

    name: str
    since: datetime
    until: datetime
    is_rest: bool = False
    events: int = 0
    messages: int = 0
    attempts: int = 0
    bytes: int = 0

    @property
    def is_first(self) -> bool:
        """Return whether it has all that was before it."""
        return self.since == EPOCH and not self.is_rest


def month_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def months_after(month: datetime, number: int) -> datetime:
    """
    Return the month that many months later, earlier for a negative number; never before the epoch.

    Of an instant within a month, the same day of that month, or its last one: no year but a leap year has a
    29 February.
    """
    years, place = divmod(month.year * 12 + month.month - 1 + number, 12)
    year = max(years, 1)
    day = min(month.day, monthrange(year, place + 1)[1])
    return max(month.replace(year=year, month=place + 1, day=day), EPOCH)


def kept_from(retention: int, now: datetime) -> datetime:
    """Return the first month that a retention of so many whole months keeps; 0 is for ever."""
    return months_after(month_of(now), -retention) if retention else EPOCH


def missing(stored: Sequence[StoredMonth], now: datetime, ahead: int) -> Iterator[datetime]:
    """Yield the months to make, up to `ahead` months from now; a month that was dropped is not made again."""
    last = months_after(month_of(now), ahead)
    month = max((month.until for month in stored if not month.is_rest), default=month_of(now))
    while month <= last:
        yield month
        month = months_after(month, 1)


def gaps(stored: Sequence[StoredMonth], limit: datetime) -> list[Range]:
    """Return the times before `limit` that have no month any more."""
    kept = sorted((month.since, month.until) for month in stored if not month.is_rest)
    edges = [EPOCH, *(edge for month in kept for edge in month)]
    holes = list(pairwise(edges))[::2]
    return [(since, min(until, limit)) for since, until in holes if since < min(until, limit)]
