"""The limit of openings of one link. In the memory of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from hub.resilience.tallies import Tallies

FREE: Final = 30
"""Openings within WINDOW: a person needs a few, and so do scanners of mails."""
OF_A_WALL: Final = 600
"""Openings of the link of a poster, which a whole building may read when something happens."""
OF_A_FILE: Final = 4
"""Times that one person may load everything that is held: each is work of seconds."""
WINDOW: Final = 600.0
"""Seconds."""


class LinkRate:
    """
    Counts by link, not by address: behind a proxy that is not trusted all people share one.

    It bounds the work that one widely shared link can cause.
    """

    def __init__(self, clock: Callable[[], float], *, free: int = FREE) -> None:
        self._free = free
        self._opened = Tallies(clock, WINDOW)

    def admits(self, link: UUID | str) -> bool:
        """Count an opening; return false above the rate."""
        return self._opened.count(link).count <= self._free
