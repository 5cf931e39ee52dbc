"""One SMTP connection after its greeting, TLS and AUTH: an asyncio protocol around the dialogue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.channels.email.dialogue import (
    CONNECTION_LOST,
    SERVICE_CLOSING,
    Letter,
    MalformedReply,
    Offers,
    Reply,
    ReplyReader,
    Stage,
    Step,
    TransactionResult,
    transaction,
)

GOODBYE: Final = timedelta(seconds=2)


@dataclass(slots=True, eq=False)
class Job:
    """
    A letter to transmit, at the latest until that loop time; `alone` if only after a turn of its own.

    It begins before the loop time `turn_by`, or not at all. `session` is the one that transmits it.
    """

    letter: Letter
    until: float
    turn_by: float
    alone: bool = False
    session: Session | None = None


Answer = asyncio.Future[TransactionResult]
Follow = Callable[["Session"], tuple[Job, Answer] | None]
"""Returns the job that the session transmits next, and where its result goes."""


@dataclass(slots=True, eq=False)
class _Talk:
    """One transaction under way."""

    job: Job
    answer: Answer
    steps: Generator[Step, Reply, TransactionResult]
    step: Step


class Session(asyncio.Protocol):
    """
    Sends one mail at a time. `sent` counts mails begun. `usable` turns false before the connection
    ends; `closed` is done when it has ended. `owner` is the job that must give the session back.

    There is no coroutine or stream between socket and dialogue: the whole transaction runs in
    `data_received`, and the sender is woken once, with the verdict. Where the server offers pipelining,
    the content of a mail and the envelope of the next go out together (RFC 2920, 3.1): half the writes.
    """

    def __init__(self, transport: asyncio.Transport, offers: Offers) -> None:
        self.offers = offers
        self.usable = True
        self.sent = 0
        self.idle_since = 0.0
        self.owner: Job | None = None
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._talk: _Talk | None = None
        self._next: _Talk | None = None
        self._follow: Follow | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unclean = False
        self.closed: asyncio.Future[None] = self._loop.create_future()

    @property
    def ready(self) -> bool:
        """True when a mail can be sent now."""
        return self.usable and self._talk is None

    def transmit(self, job: Job, follow: Follow | None = None) -> Answer:
        """Begin a transaction. One at a time; `follow` is asked for the next one."""
        talk = self._prepare(job, self._loop.create_future(), reset=self._unclean)
        self._follow = follow
        self._unclean = False
        if self._begin(talk):
            self._transport.write(talk.step.out)
        return talk.answer

    def withdraw(self, job: Job) -> bool:
        """
        Withdraw a job before its turn; False if its turn has come.

        The mail before it may still end. Then the session closes, because the envelope is sent.
        """
        if self._next is None or self._next.job is not job:
            return False
        self._next.answer.cancel()
        return True

    def retire(self) -> None:
        """Close: with QUIT when idle, immediately in the middle of a mail."""
        if not self.usable:
            return
        self.usable = False
        if self._talk is not None:
            self._transport.abort()
            return
        self._transport.write(b"QUIT\r\n")
        self._timer = self._loop.call_later(GOODBYE.total_seconds(), self._transport.abort)

    def data_received(self, data: bytes) -> None:
        try:
            replies = self._reader.feed(data)
        except MalformedReply:
            self._break_off("protocol")
            return
        for reply in replies:
            self._take(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # The step under way decides the outcome, not the cause of the loss.
        self._break_off(CONNECTION_LOST)
        if self._timer is not None:
            self._timer.cancel()
        if not self.closed.done():
            self.closed.set_result(None)

    def _take(self, reply: Reply) -> None:
        if self._talk is None:
            # Unsolicited: the reply to QUIT, or a server that closes an idle connection.
            self._close()
        elif reply.code == SERVICE_CLOSING:
            verdict = _verdict_without(self._talk, reply, "")
            self._close()
            self._finish(self._talk, verdict)
        else:
            self._advance(self._talk, reply)

    def _advance(self, talk: _Talk, reply: Reply) -> None:
        try:
            talk.step = talk.steps.send(reply)
        except StopIteration as ended:
            self._finish(talk, ended.value)
        else:
            self._perform(talk.step)

    def _perform(self, step: Step) -> None:
        out = step.out
        if step.stage is Stage.CONTENT and self.offers.pipelining and self._follow is not None:
            following = self._follow(self)
            if following is not None:
                self._next = self._prepare(*following, reset=False)
                out += self._next.step.out
        if out:
            self._transport.write(out)

    def _prepare(self, job: Job, answer: Answer, *, reset: bool) -> _Talk:
        """Make a transaction; the session belongs to its job from now on."""
        self.sent += 1
        self.owner = job
        job.session = self
        steps = transaction(job.letter, self.offers, reset=reset)
        return _Talk(job, answer, steps, next(steps))

    def _begin(self, talk: _Talk) -> bool:
        if not self.usable:
            # Connection lost before this mail: without this it would wait until its end.
            _answer(talk, TransactionResult(Stage.MAIL, None, CONNECTION_LOST))
            return False
        self._talk = talk
        self._timer = self._loop.call_at(talk.job.until, self._break_off, "timeout")
        return True

    def _break_off(self, cause: str) -> None:
        self.usable = False
        if self._talk is not None:
            self._finish(self._talk, _verdict_without(self._talk, None, cause))
        self._transport.abort()

    def _finish(self, talk: _Talk, verdict: TransactionResult) -> None:
        following, self._talk, self._next = self._next, None, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if following is not None:
            # The next mail's envelope is on the way, so the server has ended this one.
            self._continue_with(following)
        elif not verdict.accepted:
            self._clean_up(verdict)
        _answer(talk, verdict)

    def _continue_with(self, following: _Talk) -> None:
        if following.answer.done() or self._loop.time() >= following.job.turn_by:
            # Given up before its turn, or too late: the server's yes would come after its end. Its envelope
            # is sent, so that the session cannot be used again.
            self._close()
        self._begin(following)

    def _clean_up(self, verdict: TransactionResult) -> None:
        """Make the server's state known: send RSET before the next MAIL, or close the connection."""
        refused = verdict.reply is not None and verdict.reply.code // 100 in (4, 5)
        if refused and verdict.stage in (Stage.RCPT, Stage.DATA, Stage.CONTENT):
            self._unclean = True
        else:
            self._close()

    def _close(self) -> None:
        self.usable = False
        self._transport.close()


def _verdict_without(talk: _Talk, reply: Reply | None, cause: str) -> TransactionResult:
    return talk.step.otherwise or TransactionResult(talk.step.stage, reply, cause)


def _answer(talk: _Talk, verdict: TransactionResult) -> None:
    if not talk.answer.done():
        talk.answer.set_result(verdict)
