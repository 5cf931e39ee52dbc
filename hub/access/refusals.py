"""Refusals: how many wrong guesses an address has, and what to log. Pure but for its memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

MINUTE: Final = 60.0
"""Seconds."""
GUESSES: Final = 20
"""Wrong keys and signatures of one address in a minute that are told apart; the rest are one answer."""
LINES: Final = 120
"""Lines of the log in a minute, whoever is refused."""
_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class _Tally:
    since: float
    count: int = 0


@dataclass(slots=True)
class _Minutes:
    """Counts by whom or what, each for a minute from its first; forgets the oldest beyond a number."""

    clock: Callable[[], float]
    known: OrderedDict[Hashable, _Tally] = field(default_factory=OrderedDict)

    def count(self, key: Hashable) -> tuple[_Tally, int]:
        """Count one; return the minute's tally, and the count of the minute that it has replaced."""
        now, tally, before = self.clock(), self.known.get(key), 0
        if tally is None or now - tally.since >= MINUTE:
            before = 0 if tally is None else tally.count
            tally = self.known[key] = _Tally(now)
            self.known.move_to_end(key)
            if len(self.known) > _REMEMBERED:
                self.known.popitem(last=False)
        tally.count += 1
        return tally, before


class Refusals:
    """The refusals that this process has seen in the last minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guesses = _Minutes(clock)
        self._seen = _Minutes(clock)
        self._lines = _Minutes(clock)

    def guessed(self, network: str) -> int:
        """Count a wrong guess; return the seconds until the network's next is looked at, 0 for now."""
        tally, _ = self._guesses.count(network)
        return 0 if tally.count <= GUESSES else ceil(tally.since + MINUTE - self._clock())

    def to_log(self, network: str, door: str, reason: str) -> int:
        """
        Count a refusal; return how many to log now: 0, if there was a line of the same in this minute.

        A line stands for those of the minute before that had none. There is no line beyond LINES.
        """
        tally, before = self._seen.count((network, door, reason))
        if tally.count > 1 or self._lines.count(None)[0].count > LINES:
            return 0
        return 1 + max(0, before - 1)
