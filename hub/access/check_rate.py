"""
The limit of wrong codes, after which no code is looked up any more. In the memory of this process.

A right code costs nothing: whoever reads a real message may open its page as often as they like, and a whole
building may share an address. Beyond the limit no code is looked up, right or wrong: otherwise a guess would
still get an answer.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from math import ceil
from typing import Final

FREE: Final = 30
"""Wrong codes of one address within WINDOW."""
CROWD: Final = 1200
"""Wrong codes of all addresses within WINDOW, from which on each address has only FREE_IN_CROWD."""
FREE_IN_CROWD: Final = 3
REPORTS: Final = 10
"""Reports of one address within WINDOW."""
WINDOW: Final = 600.0
"""Seconds."""
_REMEMBERED: Final = 10_000
_HOUR: Final = 3600.0


class CheckRate:
    """Counts wrong codes and reports by network, and wrong codes of everybody."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, _Window] = OrderedDict()
        self._reports: OrderedDict[str, _Window] = OrderedDict()
        self._everybody = _Window(clock())
        self._lately: deque[float] = deque(maxlen=_REMEMBERED)

    def wait(self, network: str) -> int:
        """Return the seconds until a code of this network is looked up again; 0 for now."""
        now = self._clock()
        free = FREE_IN_CROWD if self._everybody.count_at(now) >= CROWD else FREE
        tally = self._wrong.get(network)
        return 0 if tally is None or tally.count_at(now) < free else tally.left(now)

    def wrong(self, network: str) -> None:
        """Count a wrong code."""
        self._count(self._wrong, network)
        self._everybody.count(self._clock())
        self._lately.append(self._clock())

    def lately(self) -> int:
        """Count the wrong codes of the last hour; of more than 10,000 nobody needs to know."""
        since = self._clock() - _HOUR
        while self._lately and self._lately[0] <= since:
            self._lately.popleft()
        return len(self._lately)

    def report(self, network: str) -> int:
        """Count a report; return the seconds to wait if the network has made too many, 0 if not."""
        tally = self._count(self._reports, network)
        return 0 if tally.times <= REPORTS else tally.left(self._clock())

    def _count(self, known: OrderedDict[str, _Window], network: str) -> _Window:
        now = self._clock()
        tally = known.setdefault(network, _Window(now))
        tally.count(now)
        known.move_to_end(network)
        if len(known) > _REMEMBERED:
            known.popitem(last=False)
        return tally


class _Window:
    """Times within WINDOW of the first."""

    __slots__ = ("since", "times")

    def __init__(self, now: float) -> None:
        self.since, self.times = now, 0

    def count_at(self, now: float) -> int:
        return self.times if now - self.since < WINDOW else 0

    def count(self, now: float) -> None:
        if now - self.since >= WINDOW:
            self.since, self.times = now, 0
        self.times += 1

    def left(self, now: float) -> int:
        return max(1, ceil(self.since + WINDOW - now))
