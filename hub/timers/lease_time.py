"""
Lease time: the time of a lease counts only while the database could be written.

A worker holds its lease until it has recorded what the providers answered. While the database is away it
cannot, and the lease would end although its holder is alive: then the first to reach the database, timers or
holder, would decide whether the message is sent twice. So the timers remember when, as far as they have seen,
the database was away.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hub.errors import StorageConflict, StorageUnavailable, Unavailable

UNSEEN: Final = timedelta(seconds=5)
"""The longest time between two answers that is no outage: the timers ask every second."""
MOMENT: Final = timedelta(seconds=5)
"""Extra time after an outage: holders try again every half second, but need a new connection."""

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LeaseTime:
    """
    The database's outages as the timers of one process know them, by the database's own clock.

    The time before their start is unknown, and counts as an outage. So does a jump of the database's clock,
    or a pause of this machine.
    """

    def __init__(self, lease: timedelta) -> None:
        self._lease = lease
        self._outages: list[tuple[datetime, datetime]] = []
        self._seen = _EVER
        self._away = False

    def note(self, error: Unavailable) -> None:
        """Remember that the database is away, if the error says so."""
        self._away |= isinstance(error, StorageUnavailable) and not isinstance(error, StorageConflict)

    def see(self, as_of: datetime) -> timedelta:
        """
        Remember that the database has answered with its time; return how long before a lease must have ended.

        It is the sum of the outages within the last time of availability that is as long as a lease.
        """
        as_of = max(as_of, self._seen)
        if self._away or as_of - self._seen > UNSEEN:
            self._outages.append((self._seen, as_of))
        self._away, self._seen = False, as_of
        self._forget()
        away = sum((ended - began for began, ended in self._outages), timedelta(0))
        return away + MOMENT if away else away

    def _forget(self) -> None:
        """Drop the outages since which the database was available for as long as a lease."""
        missing, until = self._lease, self._seen
        for place in reversed(range(len(self._outages))):
            began, ended = self._outages[place]
            missing -= until - ended
            if missing <= timedelta(0):
                del self._outages[: place + 1]
                return
            until = began
