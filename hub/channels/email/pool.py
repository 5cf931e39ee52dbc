"""A pool of connections to one mail server: opened on demand, shared fairly, renewed in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, NamedTuple, cast

from hub.channels.connection_slots import ConnectionSlots
from hub.channels.email.dialogue import TransactionResult
from hub.channels.email.session import Answer, Job, Session
from hub.channels.email.verdicts import PROVIDER
from hub.channels.failures import no_place
from hub.errors import PermanentFailure
from hub.model import Lane

GOODBYE_LIMIT: Final = 3.0  # seconds


class Sent(NamedTuple):
    """The result of a letter; `reused` is true if the connection had carried a mail before."""

    result: TransactionResult
    reused: bool


class Pool:
    """
    Sends letters, each over one of the sessions.

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

    async def transmit(self, job: Job, lane: Lane = Lane.NORMAL, *, turn_by: float | None = None) -> Sent:
        """
        Send a letter over a session; wait for a slot until the loop time `turn_by`, by default the job's end.

        Under load the session that sends the content of a mail takes the next letter of its lane with it.
        Raises `TransientFailure` (`untried`) when no slot became free, `TimeoutError` when opening took too
        long, what opening raises, and `PermanentFailure` for a letter that this server cannot take.
        """
        try:
            result = await self._turn(job, lane, job.until if turn_by is None else turn_by)
            if result is None:
                session = await self._session_for(job, lane)
                result = await session.transmit(job, lambda session: self._next_job(session, lane))
            assert job.session is not None
            return Sent(result, reused=job.session.sent > 1)
        finally:
            self._leave(job, lane)

    async def _turn(self, job: Job, lane: Lane, turn_by: float) -> TransactionResult | None:
        """Take a slot; or return the result, when the session of another slot has sent the letter."""
        try:
            return cast("TransactionResult | None", await self._places.take(lane, turn_by, job))
        except TimeoutError as exc:
            raise no_place(PROVIDER) from exc

    async def _session_for(self, job: Job, lane: Lane) -> Session:
        session = self._idle_session() or await self._open(job.until, lane)
        if reason := session.offers.refuse(job.letter):
            self._release(session, lane)
            raise PermanentFailure(reason, provider=PROVIDER)
        return session

    def _idle_session(self) -> Session | None:
        while self._idle:
            session = self._idle.pop()
            if session.ready:
                return session
        return None

    def _next_job(self, session: Session, lane: Lane) -> tuple[Job, Answer] | None:
        """Return the letter that follows on this session, if one of its lane waits."""
        if session.sent >= self._per_connection or self._is_closed:
            return None

        def suits(load: object) -> bool:
            job = cast("Job", load)
            return not job.alone and session.offers.refuse(job.letter) is None

        waiter = self._places.next_waiter(lane, suits)
        return None if waiter is None else (cast("Job", waiter.load), cast("Answer", waiter.turn))

    def _leave(self, job: Job, lane: Lane) -> None:
        """Give back the session of a job, unless the next one has it already."""
        session = job.session
        if session is None or session.owner is not job:
            return
        session.owner = None
        if session.withdraw(job):
            self._places.give_back(lane)
        else:
            self._release(session, lane)

    def _release(self, session: Session, lane: Lane) -> None:
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
