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
from hub.channels.email.dialogue import Letter, TransactionResult, wire_content
from hub.channels.email.mime import wire_address
from hub.channels.email.pool import Pool, Sent
from hub.channels.email.session import Job
from hub.channels.email.verdicts import PROVIDER, accepted, failure
from hub.channels.email.verp import Verp
from hub.channels.failures import no_place
from hub.channels.urls import SmtpEndpoint
from hub.errors import TransientFailure
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
        letter, message = self._letter(outgoing)
        until = asyncio.get_running_loop().time() + self._timeout
        verdict = await self._transmit(letter, until, outgoing.message.lane)
        if verdict.accepted and verdict.reply is not None:
            return accepted(verdict.reply, message)
        raise failure(verdict, outgoing.message.address)

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _letter(self, outgoing: Outgoing) -> tuple[Letter, bytes]:
        """Return the letter, and the message as it was composed."""
        recipient = wire_address(outgoing.message.address).encode()
        message = self._compose(outgoing)
        content, size = wire_content(message)
        sender, envelope_id = self._envelope(outgoing.message.id)
        letter = Letter(
            sender=sender,
            recipient=recipient,
            content=content,
            size=size,
            utf8=not (recipient.isascii() and message.isascii()),
            envelope_id=envelope_id,
        )
        return letter, message

    def _envelope(self, message_id: UUID) -> tuple[bytes, bytes]:
        """Return the sender and the ENVID, which identify reports of this message."""
        sender = self._sender
        if isinstance(sender, bytes):
            return sender, message_id.hex.encode()
        return sender.bounce_address(message_id).encode(), sender.envelope_id(message_id).encode()

    async def _transmit(self, letter: Letter, until: float, lane: Lane) -> TransactionResult:
        turn_by = until - self._timeout * (1 - WAITING)
        job = Job(letter, until, turn_by)
        while True:
            sent = await self._sent(job, lane, turn_by)
            # A server may close an idle connection at any time: that is not a failure of this message.
            if not (sent.reused and sent.result.hung_up):
                return sent.result
            if asyncio.get_running_loop().time() >= turn_by:
                raise no_place(PROVIDER)
            # It may close each connection after one mail.
            job = Job(letter, until, turn_by, alone=True)

    async def _sent(self, job: Job, lane: Lane, turn_by: float) -> Sent:
        try:
            return await self._pool.transmit(job, lane, turn_by=turn_by)
        except TimeoutError as exc:
            raise TransientFailure("timeout", provider=PROVIDER) from exc
