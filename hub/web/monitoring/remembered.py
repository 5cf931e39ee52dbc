"""Answers of the database that are kept for a while, the longer the more they cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Final, Generic, Literal, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from hub.model import PropertyScope
from hub.storage import PostgresLog

Counts: TypeAlias = Mapping[str, Mapping[str, int]]
_Asked: TypeAlias = PropertyScope | Literal["live"]


FRESH: Final = 2.0  # seconds
SHARE: Final = 20
"""An answer stays so many times as long as asking took: millions of rows must not keep the database busy."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """
    Recent answers by key; callers who ask for one while it is made wait for the same answer.

    A slow question of one key holds up no other.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, fresh: float = FRESH, share: float = SHARE
    ) -> None:
        self._clock = clock
        self._fresh = fresh
        self._share = share
        self._known: dict[K, tuple[float, V]] = {}
        self._asking: WeakValueDictionary[K, asyncio.Lock] = WeakValueDictionary()

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        async with self._asking.setdefault(key, asyncio.Lock()):
            now = self._clock()
            for old in [one for one, (until, _) in self._known.items() if until <= now]:
                del self._known[old]
            if key in self._known:
                return self._known[key][1]
            answer = await ask()
            took = self._clock() - now
            self._known[key] = now + took + max(self._fresh, self._share * took), answer
            return answer


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
