"""Tallies: counts by a key, each for a while from its first entry. In the memory of this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil
from typing import Final

MOST: Final = 10_000
"""Keys that are remembered: beyond them the one that has been away longest begins anew."""


@dataclass(slots=True)
class Tally:
    """A count since an instant; `before` is the count of the window that it has replaced."""

    since: float
    before: int = 0
    count: int = 0


class Tallies:
    """Counts in windows of so many seconds; a restart clears them."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self.known: OrderedDict[Hashable, Tally] = OrderedDict()
        self._clock = clock
        self._seconds = seconds

    def count(self, key: Hashable, more: int = 1) -> Tally:
        """Count `more` in the key's window; the first entry after its end begins another."""
        tally = self.known.get(key)
        if tally is None or self._clock() - tally.since >= self._seconds:
            tally = self.known[key] = Tally(self._clock(), before=0 if tally is None else tally.count)
        tally.count += more
        self.known.move_to_end(key)
        if len(self.known) > MOST:
            self.known.popitem(last=False)
        return tally

    def now(self, key: Hashable) -> int:
        """Return the count of the key's window; 0 where it is over."""
        tally = self.known.get(key)
        return 0 if tally is None or self._clock() - tally.since >= self._seconds else tally.count

    def left(self, key: Hashable) -> int:
        """Return the seconds until the key's window is over, 1 at least."""
        return max(1, ceil(self.known[key].since + self._seconds - self._clock()))
