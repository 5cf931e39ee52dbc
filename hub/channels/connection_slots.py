"""Limits the connections to a provider; a fifth is reserved for urgent messages."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final

from hub.model import Lane

KEPT: Final = 0.2
"""The share reserved for urgent messages: they never wait for normal and bulk ones that hang."""

WAITING: Final = 0.5
"""The part of its time-out that a send may wait for a slot. With less time left the provider's acceptance
would arrive too late, and the message would be sent twice."""


@dataclass(slots=True)
class QueueTime:
    """How long a send has waited for a slot: caused by our load, not by the provider."""

    total: timedelta = timedelta(0)


_WAITED: ContextVar[QueueTime | None] = ContextVar("waited", default=None)


@contextmanager
def waiting() -> Iterator[QueueTime]:
    """Add up the waits for slots inside the block."""
    waited = QueueTime()
    before = _WAITED.set(waited)
    try:
        yield waited
    finally:
        _WAITED.reset(before)


class ConnectionSlots:
    """
    Lends `size` slots; a slot must be given back for the same lane.

    First come, first served within a lane; urgent goes first. With a single slot nothing is
    reserved.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._common_size = max(1, size - ceil(size * KEPT))
        self._held = 0
        self._common = 0
        # In lane order: behind hundreds of normal mails an urgent one would time out.
        self._waiting: dict[Lane, deque[asyncio.Future[None]]] = {lane: deque() for lane in Lane}

    async def take(self, lane: Lane, until: float) -> None:
        """Take a slot, or wait for one until the loop time `until`. Raises `TimeoutError`."""
        if self._is_free(lane):
            self._count(lane, 1)
        else:
            await self._wait_for_turn(lane, until)

    def give_back(self, lane: Lane) -> None:
        self._count(lane, -1)
        for waiting_lane, waiting in self._waiting.items():
            while waiting and self._is_free(waiting_lane):
                turn = waiting.popleft()
                if not turn.done():
                    self._count(waiting_lane, 1)
                    turn.set_result(None)

    def _is_free(self, lane: Lane) -> bool:
        return self._held < self._size and (lane is Lane.URGENT or self._common < self._common_size)

    def _count(self, lane: Lane, number: int) -> None:
        self._held += number
        if lane is not Lane.URGENT:
            self._common += number

    async def _wait_for_turn(self, lane: Lane, until: float) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting[lane].append(turn)
        began = loop.time()
        timer = loop.call_at(until, _too_late, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:
                # Granted and cancelled at the same moment: the slot must not be lost.
                self.give_back(lane)
            raise
        finally:
            timer.cancel()
            if waited := _WAITED.get():
                waited.total += timedelta(seconds=loop.time() - began)


def _too_late(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())
