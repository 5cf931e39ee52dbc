"""E-mail over SMTP."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar, Final
from uuid import UUID

from hub.channels.connection_slots import WAITING
from hub.channels.email.connection import Opener
from hub.channels.email.dialogue import Letter, Offers, TransactionResult, wire_content
from hub.channels.email.mime import wire_address
from hub.channels.email.pool import Pool
from hub.channels.email.session import Session
from hub.channels.email.verdicts import PROVIDER, accepted, failure
from hub.channels.email.verp import Verp
from hub.channels.urls import SmtpEndpoint
from hub.errors import PermanentFailure, TransientFailure
from hub.model import Accepted, ChannelTraits, Lane, Outgoing

Compose = Callable[[Outgoing], bytes]
"""Makes the bytes of an e-mail, 7-bit, lines ended by CRLF."""

CONNECT_TIMEOUT: Final = timedelta(seconds=10)
IDLE_FOR: Final = timedelta(seconds=60)
PER_CONNECTION: Final = 500


class EmailChannel:
    """
    Sends through one server. `timeout` bounds a whole `send`, waiting for a connection included.

    `sender` is the envelope sender, or a function that makes one per message; raises
    `PermanentFailure` where it is not an address.
    """

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="email", contact="email")

    def __init__(
        self,
        endpoint: SmtpEndpoint,
        *,
        sender: str | Verp,
        compose: Compose,
        timeout: timedelta,
        connections: int = 8,
        idle_for: timedelta = IDLE_FOR,
        per_connection: int = PER_CONNECTION,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._sender = sender if isinstance(sender, Verp) else wire_address(sender).encode()
        self._compose = compose
        self._timeout = timeout.total_seconds()
        opener = Opener(
            endpoint, connect=min(CONNECT_TIMEOUT, timeout), command=timeout, tls_context=tls_context
        )
        self._pool = Pool(opener.open, size=connections, idle_for=idle_for, per_connection=per_connection)

    async def send(self, outgoing: Outgoing) -> Accepted:
        letter = self._letter(outgoing)
        until = asyncio.get_running_loop().time() + self._timeout
        verdict = await self._transmit(letter, until, outgoing.message.lane)
        if verdict.accepted and verdict.reply is not None:
            return accepted(verdict.reply)
        raise failure(verdict, outgoing.message.address)

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _letter(self, outgoing: Outgoing) -> Letter:
        recipient = wire_address(outgoing.message.address).encode()
        message = self._compose(outgoing)
        content, size = wire_content(message)
        sender, envelope_id = self._envelope(outgoing.message.id)
        return Letter(
            sender=sender,
            recipient=recipient,
            content=content,
            size=size,
            utf8=not (recipient.isascii() and message.isascii()),
            envelope_id=envelope_id,
        )

    def _envelope(self, message_id: UUID) -> tuple[bytes, bytes]:
        """Return the sender and the ENVID, which identify reports of this message."""
        sender = self._sender
        if isinstance(sender, bytes):
            return sender, message_id.hex.encode()
        return sender.bounce_address(message_id).encode(), sender.envelope_id(message_id).encode()

    async def _transmit(self, letter: Letter, until: float, lane: Lane) -> TransactionResult:
        while True:
            session = await self._acquire(until, lane)
            reused = session.sent > 0
            verdict = await self._transmit_over(session, letter, until, lane)
            # A server may close an idle connection at any time: that is not a failure of this message.
            if not (reused and verdict.hung_up):
                return verdict

    async def _acquire(self, until: float, lane: Lane) -> Session:
        try:
            turn_by = until - self._timeout * (1 - WAITING)
            return await self._pool.acquire(until, lane, turn_by=turn_by)
        except TimeoutError as exc:
            raise TransientFailure("timeout", provider=PROVIDER) from exc

    async def _transmit_over(
        self, session: Session, letter: Letter, until: float, lane: Lane
    ) -> TransactionResult:
        try:
            _check(letter, session.offers)
            return await session.transmit(letter, until)
        finally:
            self._pool.release(session, lane)


def _check(letter: Letter, offers: Offers) -> None:
    if letter.utf8 and not offers.smtputf8:
        raise PermanentFailure("smtputf8_unsupported", provider=PROVIDER)
    if 0 < offers.size_limit < letter.size:
        raise PermanentFailure("too_large", provider=PROVIDER)
