"""Slots for the connections to a provider: a limited number, a fifth reserved for urgent messages."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final

from hub.channels.failures import stopping
from hub.model import Lane
from hub.resilience import handover

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


@dataclass(slots=True, eq=False)
class Waiter:
    """
    One send that waits for a slot. `load` is what it wants to send.

    `turn` becomes None with the slot; whoever takes the waiter over sets it to the result of the send.
    """

    load: object
    turn: asyncio.Future[object]
    began: float
    until: asyncio.TimerHandle
    ended: float | None = None

    def end(self, now: float) -> None:
        """Stop its clock: from now on it no longer waits for us."""
        self.until.cancel()
        self.ended = now


class ConnectionSlots:
    """
    Lends `size` slots; a slot must be given back for the same lane.

    First come, first served within a lane; urgent goes first. With a single slot nothing is reserved. A call
    begins with its slot: a process that stops lends none, and turns the waiting calls away.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._common_size = max(1, size - ceil(size * KEPT))
        self._held = 0
        self._common = 0
        # In lane order: behind hundreds of normal mails an urgent one would time out.
        self._waiting: dict[Lane, deque[Waiter]] = {lane: deque() for lane in Lane}

    async def take(self, lane: Lane, until: float, load: object = None) -> object:
        """
        Take a slot, or wait for one until the loop time `until`. Raises `TimeoutError`.

        Returns None; or the result of sending `load`, when the holder of another slot has sent it.
        Raises `TransientFailure` (`untried`) in a process that stops.
        """
        sending = handover.current()
        if sending is not None and sending.is_over:
            raise stopping()
        if self._is_free(lane):
            self._count(lane, 1)
            return None
        if sending is not None:
            sending.at_end(self._turn_away)
        return await self._wait_for_turn(lane, until, load)

    def give_back(self, lane: Lane) -> None:
        self._count(lane, -1)
        for waiting_lane in self._waiting:
            while self._is_free(waiting_lane) and (waiter := self._first(waiting_lane)):
                self._waiting[waiting_lane].popleft()
                self._count(waiting_lane, 1)
                waiter.turn.set_result(None)

    def next_waiter(self, lane: Lane, suits: Callable[[object], bool]) -> Waiter | None:
        """
        Take over the next waiter of this lane, if its load suits and nobody more urgent waits.

        The caller sends its load and sets its turn. The slot of the caller passes to the waiter.
        """
        for waiting_lane in self._waiting:
            if waiter := self._first(waiting_lane):
                if waiting_lane is not lane or not suits(waiter.load):
                    return None
                self._waiting[lane].popleft()
                waiter.end(asyncio.get_running_loop().time())
                return waiter
        return None

    def _turn_away(self) -> None:
        """Turn the waiting calls away, except those whose load is taken over: the provider has it."""
        for waiting in self._waiting.values():
            for waiter in waiting:
                if not waiter.turn.done():
                    waiter.turn.set_exception(stopping())

    def _first(self, lane: Lane) -> Waiter | None:
        """Return the first who still waits."""
        waiting = self._waiting[lane]
        while waiting and waiting[0].turn.done():
            waiting.popleft()
        return waiting[0] if waiting else None

    def _is_free(self, lane: Lane) -> bool:
        return self._held < self._size and (lane is Lane.URGENT or self._common < self._common_size)

    def _count(self, lane: Lane, number: int) -> None:
        self._held += number
        if lane is not Lane.URGENT:
            self._common += number

    async def _wait_for_turn(self, lane: Lane, until: float, load: object) -> object:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[object] = loop.create_future()
        waiter = Waiter(load, turn, loop.time(), loop.call_at(until, _too_late, turn))
        self._waiting[lane].append(waiter)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None and turn.result() is None:
                # Granted and cancelled at the same moment: the slot must not be lost.
                self.give_back(lane)
            raise
        finally:
            if waiter.ended is None:
                waiter.end(loop.time())
            _note_wait(waiter)


def _note_wait(waiter: Waiter) -> None:
    if (waited := _WAITED.get()) and waiter.ended is not None:
        waited.total += timedelta(seconds=waiter.ended - waiter.began)


def _too_late(turn: asyncio.Future[object]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())
