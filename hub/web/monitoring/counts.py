"""Counts of the log, cached however many pages are open."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, TypeAlias

from hub.model import PropertyScope
from hub.storage import PostgresLog
from hub.web.monitoring.remembered import Remembered

Counts: TypeAlias = Mapping[str, Mapping[str, int]]
_Asked: TypeAlias = PropertyScope | Literal["live"]


class Counted:
    """A cache of live counts, for the metrics, and of all counts per reach, for the page."""

    def __init__(self, log: PostgresLog, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._known: Remembered[_Asked, Counts] = Remembered(clock)

    async def live(self) -> Counts:
        """Count the live rows."""
        return await self._known.get("live", self._log.live_counts)

    async def get(self, places: PropertyScope = None) -> Counts:
        """Count all rows, those that have ended up to a limit."""
        return await self._known.get(places, partial(self._log.counts, places))
