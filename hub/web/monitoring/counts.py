"""Counts of the log, cached however many pages are open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from hub.model import PropertyScope
from hub.ports import LogStore

Counts = Mapping[str, Mapping[str, int]]

_FRESH: Final = 2.0  # seconds
_SHARE: Final = 20
"""Counts stay so many times as long as counting took: millions of rows must not keep the database busy."""


class Counted:
    """A cache of counts per reach, shared by page and metrics: counting reads a whole table."""

    def __init__(self, log: LogStore) -> None:
        self._log = log
        self._known: dict[PropertyScope, tuple[float, Counts]] = {}
        self._asking = asyncio.Lock()

    async def get(self, places: PropertyScope = None) -> Counts:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            self._known = {where: known for where, known in self._known.items() if now < known[0]}
            if places not in self._known:
                counts = await self._log.counts(places)
                took = asyncio.get_running_loop().time() - now
                self._known[places] = now + took + max(_FRESH, _SHARE * took), counts
            return self._known[places][1]
