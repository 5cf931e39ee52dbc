"""One SMTP connection after its greeting, TLS and AUTH: an asyncio protocol around the dialogue."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
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


class Session(asyncio.Protocol):
    """
    Sends one mail at a time. `sent` counts mails begun. `usable` turns false before the connection
    ends; `closed` is done when it has ended.

    There is no coroutine or stream between socket and dialogue: the whole transaction runs in
    `data_received`, and the sender is woken once, with the verdict.
    """

    def __init__(self, transport: asyncio.Transport, offers: Offers) -> None:
        self.offers = offers
        self.usable = True
        self.sent = 0
        self.idle_since = 0.0
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._talk: Generator[Step, Reply, TransactionResult] | None = None
        self._step: Step | None = None
        self._answer: asyncio.Future[TransactionResult] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unclean = False
        self.closed: asyncio.Future[None] = self._loop.create_future()

    @property
    def ready(self) -> bool:
        """True when a mail can be sent now."""
        return self.usable and self._talk is None

    def transmit(self, letter: Letter, until: float) -> asyncio.Future[TransactionResult]:
        """Begin a transaction that ends at the loop time `until` at the latest. One at a time."""
        self.sent += 1
        self._answer = self._loop.create_future()
        if not self.usable:
            # Connection lost between acquire and use: without this the mail would wait until `until`.
            self._answer.set_result(TransactionResult(Stage.MAIL, None, CONNECTION_LOST))
            return self._answer
        self._timer = self._loop.call_at(until, self._break_off, "timeout")
        self._talk = transaction(letter, self.offers, reset=self._unclean)
        self._unclean = False
        self._perform(next(self._talk))
        return self._answer

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
            self._finish(self._verdict_without(reply, ""))
            self._close()
        else:
            self._advance(self._talk, reply)

    def _advance(self, talk: Generator[Step, Reply, TransactionResult], reply: Reply) -> None:
        try:
            step = talk.send(reply)
        except StopIteration as ended:
            self._finish(ended.value)
        else:
            self._perform(step)

    def _perform(self, step: Step) -> None:
        self._step = step
        if step.out:
            self._transport.write(step.out)

    def _verdict_without(self, reply: Reply | None, cause: str) -> TransactionResult:
        assert self._step is not None
        return self._step.otherwise or TransactionResult(self._step.stage, reply, cause)

    def _break_off(self, cause: str) -> None:
        self.usable = False
        if self._talk is not None:
            self._finish(self._verdict_without(None, cause))
        self._transport.abort()

    def _finish(self, verdict: TransactionResult) -> None:
        self._talk = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not verdict.accepted:
            self._clean_up(verdict)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(verdict)

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
