"""
Looks at a page that stays open: noted once, and not again with each change that it shows by itself.

Otherwise a page left open over lunch would make ninety rows of the audit, and the looks that matter would be
lost among them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeAlias

AGAIN: Final = 600.0
"""Seconds after which a page that is still open, and still changes, is noted once more."""
_MOST: Final = 10_000
Look: TypeAlias = tuple[object, ...]


class Looks:
    """The last instant of each look that this process has noted."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._noted: dict[Look, float] = {}
        self._now = now

    def is_new(self, look: Look) -> bool:
        at = self._noted.get(look)
        return at is None or self._now() - at >= AGAIN

    def put(self, look: Look) -> None:
        self._noted.pop(look, None)
        self._noted[look] = self._now()
        if len(self._noted) > _MOST:
            del self._noted[next(iter(self._noted))]
