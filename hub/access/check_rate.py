"""
The limit of wrong codes, after which no code is looked up any more. In the memory of this process.

A right code costs nothing: whoever reads a real message may open its page as often as they like, and a whole
building may share an address. Beyond the limit no code is looked up, right or wrong: otherwise a guess would
still get an answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from hub.resilience.tallies import Tallies

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
        self._wrong = Tallies(clock, WINDOW)
        self._reports = Tallies(clock, WINDOW)
        self._everybody = Tallies(clock, WINDOW)
        self._lately: deque[float] = deque(maxlen=_REMEMBERED)

    def wait(self, network: str) -> int:
        """Return the seconds until a code of this network is looked up again; 0 for now."""
        free = FREE_IN_CROWD if self._everybody.now(None) >= CROWD else FREE
        return 0 if self._wrong.now(network) < free else self._wrong.left(network)

    def wrong(self, network: str) -> None:
        """Count a wrong code."""
        self._wrong.count(network)
        self._everybody.count(None)
        self._lately.append(self._clock())

    def lately(self) -> int:
        """Count the wrong codes of the last hour; of more than 10,000 nobody needs to know."""
        since = self._clock() - _HOUR
        while self._lately and self._lately[0] <= since:
            self._lately.popleft()
        return len(self._lately)

    def report(self, network: str) -> int:
        """Count a report; return the seconds to wait if the network has made too many, 0 if not."""
        return 0 if self._reports.count(network).count <= REPORTS else self._reports.left(network)
