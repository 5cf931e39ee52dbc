"""Answers of the database that are kept for a while, the longer the more they cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary

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
