"""Refusals: how many wrong guesses an address has, and what to log. Pure but for its memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from hashlib import sha256
from typing import Final

from hub.resilience.tallies import Tallies

MINUTE: Final = 60.0
"""Seconds."""
GUESSES: Final = 20
"""
Wrong keys and signatures of one address in a minute that are counted apart; the rest are one answer. So many
different cookies, too: an office of that size may come back from lunch in the same minute.
"""
LINES: Final = 120
"""Lines of the log in a minute, for all addresses together."""


class Refusals:
    """The refusals that this process has seen in the last minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._guesses = Tallies(clock, MINUTE)
        self._cookies = Tallies(clock, MINUTE)
        self._seen = Tallies(clock, MINUTE)
        self._lines = Tallies(clock, MINUTE)

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
        is_new = self._cookies.count((network, mark)).count == 1
        return self._wait((network, "cookie"), 1 if is_new else 0)

    def _wait(self, key: Hashable, more: int) -> int:
        tally = self._guesses.count(key, more)
        return 0 if tally.count <= GUESSES else self._guesses.left(key)

    def to_log(self, network: str, door: str, reason: str) -> int:
        """
        Count a refusal; return how many to log now: 0, if there was a line of the same in this minute.

        A line stands for those of the minute before that had none. There is no line beyond LINES.
        """
        tally = self._seen.count((network, door, reason))
        if tally.count > 1 or self._lines.count(None).count > LINES:
            return 0
        return 1 + max(0, tally.before - 1)
