"""
Lookback: the reach of a repeated look for due rows.

While somebody holds a snapshot open (a back-up), the index keeps the entries of all rows that were due since.
A look from the beginning passes over all of them, each time more. So one that took long is repeated only
after a hundred times as long. Looks in between reach back to it: it has found all that was due before.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sized
from datetime import timedelta
from typing import Final, TypeVar

EVER: Final = timedelta(days=365_000)
MARGIN: Final = timedelta(seconds=15)
"""A row may become visible so long after it was due. One that takes longer is found from the beginning."""
LONG: Final = 0.1
"""Seconds; a look that is shorter is always from the beginning."""
SHARE: Final = 100
"""Long looks from the beginning take at most one hundredth of the time."""

T = TypeVar("T")


class Lookback:
    """One kind of look, in one process. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._whole_at = self._whole_again_at = clock()
        self._left = timedelta(0)

    async def look(
        self, ask: Callable[[timedelta], Awaitable[T]], left: Callable[[T], timedelta | None]
    ) -> T:
        """
        Call `ask` with how far to reach back.

        `left` returns the age of the oldest row that the look leaves in place; None when there may be more.
        """
        began = self._clock()
        if began < self._whole_again_at:
            return await ask(timedelta(seconds=began - self._whole_at) + self._left + MARGIN)
        found = await ask(EVER)
        oldest = left(found)
        took = self._clock() - began
        if oldest is not None and took >= LONG:
            self._left, self._whole_at = oldest, began
            self._whole_again_at = began + SHARE * took
        return found


def all_taken(limit: int) -> Callable[[Sized], timedelta | None]:
    """Return the `left` of a look that takes all it finds, up to the limit."""
    return lambda found: timedelta(0) if len(found) < limit else None
