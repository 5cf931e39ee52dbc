"""Counts of the log, cached however many pages are open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, Literal

from hub.model import PropertyScope
from hub.ports import LogStore

Counts = Mapping[str, Mapping[str, int]]
_Asked = PropertyScope | Literal["live"]

_FRESH: Final = 2.0  # seconds
_SHARE: Final = 20
"""Counts stay so many times as long as counting took: millions of rows must not keep the database busy."""


class Counted:
    """A cache of what is live, for the metrics, and of all counts per reach, for the page."""

    def __init__(self, log: LogStore) -> None:
        self._log = log
        self._known: dict[_Asked, tuple[float, Counts]] = {}
        self._asking = asyncio.Lock()

    async def live(self) -> Counts:
        """Count what has not ended."""
        return await self._cached("live", self._log.live_counts)

    async def get(self, places: PropertyScope = None) -> Counts:
        """Count everything, what has ended up to a limit."""
        return await self._cached(places, partial(self._log.counts, places))

    async def _cached(self, asked: _Asked, count: Callable[[], Awaitable[Counts]]) -> Counts:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            self._known = {one: known for one, known in self._known.items() if now < known[0]}
            if asked not in self._known:
                counts = await count()
                took = asyncio.get_running_loop().time() - now
                self._known[asked] = now + took + max(_FRESH, _SHARE * took), counts
            return self._known[asked][1]
