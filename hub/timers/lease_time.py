"""
When a lease has ended: its time counts only while the database could be written.

A worker holds its lease until it has recorded what the providers answered. While the database is away it
cannot, and the lease ends although its holder is alive: whoever reaches the database first, the timers or
the holder, would decide whether the message is sent twice. So the timers remember when, as far as they have
seen, the database was away.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hub.errors import StorageConflict, StorageUnavailable, Unavailable

UNSEEN: Final = timedelta(seconds=5)
"""The longest time between two answers, which are asked for every second, that is no outage or hang."""
MOMENT: Final = timedelta(seconds=5)
"""Given besides, after an outage: its holders try again every half second, but need a new connection."""

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LeaseTime:
    """
    What the timers of one process know of the database's outages, by the database's own clock.

    What was before its start nobody knows: it counts as an outage. So does a jump of the database's clock, or
    a pause of this machine.
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
