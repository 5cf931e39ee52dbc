"""Answers of the database that are kept for a while, the longer the more they cost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

FRESH: Final = 2.0  # seconds
SHARE: Final = 20
"""An answer stays so many times as long as asking took: millions of rows must not keep the database busy."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """What was asked for lately, by key; whoever asks meanwhile waits for the same answer."""

    def __init__(self, fresh: float = FRESH) -> None:
        self._fresh = fresh
        self._known: dict[K, tuple[float, V]] = {}
        self._asking = asyncio.Lock()

    async def get(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        async with self._asking:
            now = asyncio.get_running_loop().time()
            self._known = {one: known for one, known in self._known.items() if now < known[0]}
            if key not in self._known:
                answer = await ask()
                took = asyncio.get_running_loop().time() - now
                self._known[key] = now + took + max(self._fresh, SHARE * took), answer
            return self._known[key][1]
