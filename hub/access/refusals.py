"""Refusals: how many wrong guesses an address has, and what to log. Pure but for its memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from typing import Final

MINUTE: Final = 60.0
"""Seconds."""
GUESSES: Final = 20
"""
Wrong keys and signatures of one address in a minute that are counted apart; the rest are one answer. So many
different cookies, too: an office of that size may come back from lunch in the same minute.
"""
LINES: Final = 120
"""Lines of the log in a minute, for all addresses together."""
_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class _Tally:
    since: float
    count: int = 0


@dataclass(slots=True)
class _Minutes:
    """Counts by a key, each for a minute from its first entry; forgets the oldest beyond a number."""

    clock: Callable[[], float]
    known: OrderedDict[Hashable, _Tally] = field(default_factory=OrderedDict)

    def count(self, key: Hashable, more: int = 1) -> tuple[_Tally, int]:
        """Count `more`; return the minute's tally, and the count of the minute that it has replaced."""
        now, tally, before = self.clock(), self.known.get(key), 0
        if tally is None or now - tally.since >= MINUTE:
            before = 0 if tally is None else tally.count
            tally = self.known[key] = _Tally(now)
            self.known.move_to_end(key)
            if len(self.known) > _REMEMBERED:
                self.known.popitem(last=False)
        tally.count += more
        return tally, before


class Refusals:
    """The refusals that this process has seen in the last minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guesses = _Minutes(clock)
        self._cookies = _Minutes(clock)
        self._seen = _Minutes(clock)
        self._lines = _Minutes(clock)

    def guessed(self, network: str) -> int:
        """Count a wrong guess; return the seconds until the network's next try counts, 0 for now."""
        return self._wait(network, 1)

    def encoded(self, network: str) -> int:
        """Do the same for a body that is encoded, counted apart: a slip there is no guess."""
        return self._wait((network, "encoding"), 1)

    def guessed_cookie(self, network: str, cookie: str) -> int:
        """
        Do the same for the cookie of a session, counted apart, and each cookie once.

        An honest browser sends the cookie of its session that has ended again and again.
        """
        mark = sha256(cookie.encode(errors="surrogateescape")).digest()
        tally, _ = self._cookies.count((network, mark))
        return self._wait((network, "cookie"), 1 if tally.count == 1 else 0)

    def _wait(self, key: Hashable, more: int) -> int:
        tally, _ = self._guesses.count(key, more)
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
