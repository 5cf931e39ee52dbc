"""A cached answer that stays valid while the server is unavailable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

import structlog

from hub.errors import Unavailable

T = TypeVar("T")

FRESH: Final = 1.0
"""Seconds for which an answer is fresh: the longest delay before a process sees a change."""
PATIENCE: Final = 2.0
"""Seconds to wait for a new answer when there is an older one."""

log = structlog.get_logger()


class Cached(Generic[T]):
    """Asks at most once a second, whatever the number of callers. `name` identifies it in the log."""

    def __init__(
        self, ask: Callable[[], Awaitable[T]], *, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask_now = ask
        self._name = name
        self._clock = clock
        self._known: tuple[T] | None = None
        self._asked_at = -FRESH
        self._asking = asyncio.Lock()

    async def current(self) -> T:
        """
        Return the answer.

        While the server is unavailable, the last answer stays valid. Raises Unavailable if there is
        none yet.
        """
        async with self._asking:
            if self._known is None:
                self._known = (await self._ask(),)
            elif self._clock() - self._asked_at >= FRESH:
                self._known = (await self._ask_again(*self._known),)
            return self._known[0]

    async def _ask(self) -> T:
        # Taken before the call: the answer is at least as recent as this instant.
        self._asked_at = self._clock()
        return await self._ask_now()

    async def _ask_again(self, known: T) -> T:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask()
        except (Unavailable, TimeoutError) as exc:
            log.warning("last_known.holds", of=self._name, error=type(exc).__name__)
            return known
