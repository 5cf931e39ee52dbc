"""
Urgent work first: while some is under way, other work of the process waits at its pauses.

A process has one loop, in which all work takes turns. Behind a few hundred bulk mails in progress each step
of an emergency would wait for ten milliseconds, and it has some thirty steps until its first message leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

LIMIT: Final = 0.5
"""Seconds: urgent work that takes longer waits for a provider, and need not be waited for."""
LOOK: Final = 0.005
"""Seconds between two looks whether the way is free."""

_IS_URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


class RightOfWay:
    """The urgent work that is under way in this process."""

    def __init__(self) -> None:
        self._active = 0
        self._until = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Do urgent work inside the block."""
        self._active += 1
        self._until = asyncio.get_running_loop().time() + LIMIT
        before = _IS_URGENT.set(True)
        try:
            yield
        finally:
            _IS_URGENT.reset(before)
            self._active -= 1

    @staticmethod
    def is_urgent() -> bool:
        """Return whether the running task does urgent work."""
        return _IS_URGENT.get()

    async def pause(self) -> None:
        """
        Let other work have its turn; work that is not urgent waits for urgent work, for `LIMIT` at most.

        Never with an open transaction: urgent work may wait for its locks.
        """
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        # Looking is cheap, and only a handful of batches wait: an event would need a timer for its limit.
        while self._active and not _IS_URGENT.get() and loop.time() < self._until:  # noqa: ASYNC110 - see above
            await asyncio.sleep(LOOK)


RIGHT_OF_WAY: Final = RightOfWay()
"""The right of way of this process."""
