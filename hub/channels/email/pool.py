"""A few connections to one mail server, opened when needed, shared fairly, renewed in time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from hub.channels.email.session import Session
from hub.model import Lane

GOODBYE_LIMIT: Final = 3.0  # seconds


class Pool:
    """
    Lends sessions; whoever acquires one gives it back with `release`, whatever became of it.

    First come, first served within a lane, an urgent one first. A session rests for `idle_for` at most
    and carries `per_connection` letters at most; the one used last is lent first, so that the surplus of
    a rush can rest and go.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Session]],
        *,
        size: int,
        idle_for: timedelta,
        per_connection: int,
    ) -> None:
        self._connect = connect
        self._size = size
        self._idle_for = idle_for.total_seconds()
        self._per_connection = per_connection
        self._loans = 0
        self._idle: list[Session] = []
        self._leaving: set[asyncio.Future[None]] = set()
        # In the order of the lanes: behind hundreds of a crowd an urgent mail would run into its time-out.
        self._waiting: dict[Lane, deque[asyncio.Future[Session | None]]] = {lane: deque() for lane in Lane}
        self._reaper: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def acquire(self, until: float, lane: Lane = Lane.NORMAL) -> Session:
        """
        Borrow; opens a connection, or waits for one up to the loop time `until`.

        Raises `TimeoutError`, and what opening raises.
        """
        while self._idle:
            session = self._idle.pop()
            if session.ready:
                self._loans += 1
                return session
        if self._loans < self._size:
            self._loans += 1
            return await self._open(until)
        return await self._wait_for_turn(until, lane) or await self._open(until)

    def release(self, session: Session) -> None:
        if session.ready and session.sent < self._per_connection and not self._is_closed:
            self._pass_on(session)
        else:
            self._retire(session)
            self._pass_on(None)

    async def aclose(self) -> None:
        """Say goodbye to the resting sessions; one on loan leaves when it is given back."""
        self._is_closed = True
        if self._reaper is not None:
            self._reaper.cancel()
        while self._idle:
            self._retire(self._idle.pop())
        if self._leaving:
            await asyncio.wait(set(self._leaving), timeout=GOODBYE_LIMIT)

    async def _open(self, until: float) -> Session:
        """Open in a place already counted; the place goes on to the next if that fails."""
        try:
            async with asyncio.timeout_at(until):
                return await self._connect()
        except BaseException:
            self._pass_on(None)
            raise

    async def _wait_for_turn(self, until: float, lane: Lane) -> Session | None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Session | None] = loop.create_future()
        self._waiting[lane].append(turn)
        timer = loop.call_at(until, _too_late, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:
                # Given a turn and cancelled in the same moment: the turn must not be lost.
                self._pass_on(turn.result())
            raise
        finally:
            timer.cancel()

    def _pass_on(self, session: Session | None) -> None:
        """Give a session, or the right to open one, to who is to have it next; else let it rest."""
        for waiting in self._waiting.values():
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(session)
                    return
        self._loans -= 1
        if session is not None:
            self._rest(session)

    def _rest(self, session: Session) -> None:
        loop = asyncio.get_running_loop()
        session.idle_since = loop.time()
        self._idle.append(session)
        if self._reaper is None:
            self._reaper = loop.call_later(self._idle_for, self._reap)

    def _reap(self) -> None:
        loop = asyncio.get_running_loop()
        self._reaper = None
        while self._idle and self._idle[0].idle_since + self._idle_for <= loop.time():
            self._retire(self._idle.pop(0))
        if self._idle:
            self._reaper = loop.call_at(self._idle[0].idle_since + self._idle_for, self._reap)

    def _retire(self, session: Session) -> None:
        session.retire()
        if not session.closed.done():
            self._leaving.add(session.closed)
            session.closed.add_done_callback(self._leaving.discard)


def _too_late(turn: asyncio.Future[Session | None]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())
