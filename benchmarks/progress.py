"""Progress for whoever waits: what is being measured, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Steps of one mode. At first what it usually takes is believed, if that is known; later its own pace."""

    def __init__(self, say: Callable[[str], None], minutes: float | None) -> None:
        self.say = say
        self._began = time.monotonic()
        self._expected = None if minutes is None else 60 * minutes
        self._steps = 0
        self._done = 0

    def expect(self, steps: int) -> None:
        """Announce how many steps there are."""
        self._steps = steps

    def step(self, line: str) -> None:
        """Report one that is done."""
        self._done += 1
        left = left_of(time.monotonic() - self._began, self._done, self._steps, self._expected)
        self.say(f"{line:<60} {words(left)}")


def left_of(elapsed: float, done: int, steps: int, expected: float | None) -> float:
    """
    Return the seconds that are left.

    The first steps include the start of the servers, so that the pace counts more, the more is done.
    """
    if steps <= done:
        return 0.0
    share = done / steps
    by_pace = elapsed / share - elapsed
    if expected is None:
        return by_pace
    return share * by_pace + (1 - share) * max(0.0, expected - elapsed)


def words(seconds: float) -> str:
    if seconds < 1:
        return ""
    return f"{seconds:.0f} s left" if seconds < 90 else f"{seconds / 60:.0f} min left"
