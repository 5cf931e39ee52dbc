"""A pool of connections to one mail server: opened on demand, shared fairly, renewed in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from hub.channels.connection_slots import ConnectionSlots
from hub.channels.email.session import Session
from hub.channels.email.verdicts import PROVIDER
from hub.channels.failures import no_place
from hub.model import Lane

GOODBYE_LIMIT: Final = 3.0  # seconds


class Pool:
    """
    Lends sessions. Every acquired session must be given back with `release`, also after an error.

    A fifth of the connections is reserved for urgent mail. A session idles for `idle_for` at most and
    carries `per_connection` mails at most. The session used last is lent first, so that surplus
    sessions become idle and close.
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
        self._places = ConnectionSlots(size)
        self._idle_for = idle_for.total_seconds()
        self._per_connection = per_connection
        self._idle: list[Session] = []
        self._leaving: set[asyncio.Future[None]] = set()
        self._reaper: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def acquire(
        self, until: float, lane: Lane = Lane.NORMAL, *, turn_by: float | None = None
    ) -> Session:
        """
        Borrow a session; wait for a slot until the loop time `turn_by`, then connect until `until`.

        Raises `TransientFailure` (`untried`) when no slot became free, `TimeoutError` when opening took
        too long, and what opening raises.
        """
        try:
            await self._places.take(lane, until if turn_by is None else turn_by)
        except TimeoutError as exc:
            raise no_place(PROVIDER) from exc
        while self._idle:
            session = self._idle.pop()
            if session.ready:
                return session
        return await self._open(until, lane)

    def release(self, session: Session, lane: Lane = Lane.NORMAL) -> None:
        """Give back a session, for the lane that it was acquired for."""
        if session.ready and session.sent < self._per_connection and not self._is_closed:
            self._keep_idle(session)
        else:
            self._retire(session)
        self._places.give_back(lane)

    async def aclose(self) -> None:
        """Close idle sessions; a lent session closes when it is given back."""
        self._is_closed = True
        if self._reaper is not None:
            self._reaper.cancel()
        while self._idle:
            self._retire(self._idle.pop())
        if self._leaving:
            await asyncio.wait(set(self._leaving), timeout=GOODBYE_LIMIT)

    async def _open(self, until: float, lane: Lane) -> Session:
        """Open a connection in a slot that is already taken; free the slot if that fails."""
        try:
            async with asyncio.timeout_at(until):
                return await self._connect()
        except BaseException:
            self._places.give_back(lane)
            raise

    def _keep_idle(self, session: Session) -> None:
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
