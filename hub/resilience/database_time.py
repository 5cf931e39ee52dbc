"""
The time of the database, by which a process decides what is due, late or still to come.

The clock of a machine may be wrong by hours: then a retry would be due at once, or in hours, and an event
of this minute would be one of the future. So each process compares its clock with the database's, and
corrects it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

TOLERATED: Final = timedelta(seconds=1)
"""A clock that is off by no more is right: clocks that are kept by NTP differ by milliseconds."""

_LOCAL: Final = partial(datetime.now, UTC)


class DatabaseTime:
    """
    This process's clock, corrected by `offset`: how far the database's was ahead when last compared.

    `local` returns the uncorrected time.
    """

    def __init__(self, local: Callable[[], datetime] = _LOCAL) -> None:
        self._local = local
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        return self._local() + self.offset

    async def compare(self, ask: Callable[[], Awaitable[datetime]]) -> None:
        """
        Compare with the database's time, which `ask` returns.

        The answer was made at some instant of the round trip: an offset that this explains stays as it is,
        also after a slow answer.
        """
        before = self._local()
        there = await ask()
        after = self._local()
        if before > after:
            return  # set back meanwhile: the next comparison says by how much
        nearest = min(max(self.offset, there - after), there - before)
        self.offset = nearest if abs(nearest) > TOLERATED else timedelta(0)


NOW: Final = DatabaseTime()
"""The clock of this process."""
