"""Counts of the log, asked for at most every two seconds however many pages are open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from hub.ports import LogStore

Counts = Mapping[str, Mapping[str, int]]

_FRESH: Final = 2.0  # seconds


class Counted:
    """The last counts, shared by the page and the metrics: counting reads a whole table."""

    def __init__(self, log: LogStore) -> None:
        self._log = log
        self._counts: Counts = {}
        self._stale_at = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> Counts:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now >= self._stale_at:
                self._counts = await self._log.counts()
                self._stale_at = now + _FRESH
            return self._counts
