"""
The server for incoming mail, over SMTP or LMTP.

It runs behind the company's mail server, which does TLS, limits and filters. A reply of 250 means that the
mail is stored; 451 makes the client keep the mail and retry.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from prometheus_client import Counter

from hub.channels.email.verp import Verp
from hub.errors import StorageRefused, Unavailable
from hub.inbound.mail.classify import Ignored, Meaning, RawMail, read
from hub.inbound.replies import opt_command
from hub.model import BounceReport, Complaint, Reply
from hub.ports import Now
from hub.settings import Address

SIZE_LIMIT: Final = 5 * 1024 * 1024  # octets
MOST_RECIPIENTS: Final = 20
IDLE: Final = 60.0
"""Seconds that a client may be silent."""

ROLE_ADDRESSES: Final = frozenset({"postmaster", "abuse"})
"""RFC 2142. Complaints arrive here too; they must identify the message that they are about."""

OK: Final = "250 2.0.0 Taken"
UNKNOWN: Final = "550 5.1.1 There is no such address"
REFUSED: Final = "554 5.6.0 The mail cannot be stored"
UNREADABLE: Final = "554 5.6.0 The mail cannot be read; write it with fewer attachments"
AGAIN: Final = "451 4.3.0 Try again later"
NO_REPORT: Final = "550 5.7.1 Only reports are read here; answer to the address of the message"

_MAIL: Final = Counter("hub_mail", "Mail that came in, by what it meant.", ["meaning"])

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHandlers:
    """A handler for each kind of mail. Each may raise `hub.errors.Unavailable` and is idempotent."""

    bounce: Callable[[BounceReport], Awaitable[str]]
    complaint: Callable[[Complaint], Awaitable[str]]
    """Both return the fate of the report, as a machine word."""
    reply: Callable[[Reply], Awaitable[None]]
    is_signed: Callable[[bytes, str], Awaitable[bool]]
    """Tells if the domain of an address has signed a mail that names it as its writer; raises nothing."""


@asynccontextmanager
async def listening(
    address: Address, *, verp: Verp, handlers: MailHandlers, now: Now
) -> AsyncIterator[asyncio.Server]:
    """Listen; raises OSError if the address is in use."""
    handler = _Handler(verp, handlers, now)

    converse = partial(
        _Conversation,
        handler,
        hostname=verp.domain,
        ident="hub",
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        timeout=IDLE,
    )
    server = await asyncio.get_running_loop().create_server(converse, address.host or None, address.port)
    try:
        yield server
    finally:
        server.close()
        for conversation in list(handler.conversations):
            conversation.hang_up()
        await server.wait_closed()


class _Conversation(SMTP):
    """SMTP, or LMTP (RFC 2033) after LHLO, which has one reply for each recipient."""

    # Some servers write lines longer than the allowed 998 octets.
    line_length_limit = 1 << 16

    def __init__(self, handler: _Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self.replies_to_each = False
        self._handler = handler

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._handler.conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._handler.conversations.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Disconnect at once: the client keeps a mail that has no reply yet."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds commands by name
        self.replies_to_each = True
        await self.smtp_EHLO(arg)


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, verp: Verp, handlers: MailHandlers, now: Now) -> None:
        self._verp = verp
        self._handlers = handlers
        self._now = now
        self.conversations: set[_Conversation] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if self._verp.read(address) is None and not self._is_role(address):
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: _Conversation, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        replies = [await self._store(address, envelope) for address in envelope.rcpt_tos]
        # SMTP has one reply for all recipients: the worst. To store a mail again changes nothing.
        return "\r\n".join(replies) if server.replies_to_each else max(replies, key=_GRAVITY.index)

    async def handle_exception(self, error: Exception) -> str:
        """Reply to a command for which aiosmtpd raised."""
        log.warning("mail.command_refused", error=type(error).__name__)
        return "500 5.5.2 Not understood"

    def _is_role(self, address: str) -> bool:
        return self._verp.is_ours(address) and address.rpartition("@")[0].lower() in ROLE_ADDRESSES

    async def _store(self, address: str, envelope: Envelope) -> str:
        """Store what the mail means for one recipient, and only then accept it."""
        try:
            meaning = await self._proven(await self._read(address, envelope), _content(envelope))
            if meaning == Ignored("unknown") and envelope.mail_from != "<>":
                return NO_REPORT
            await self._dispatch(meaning)
            # The writer must know, because nobody here will read it.
            if meaning == Ignored("unreadable") and envelope.mail_from != "<>":
                return UNREADABLE
        except Unavailable as exc:
            log.warning("mail.again", error=type(exc).__name__)
            return AGAIN
        except StorageRefused:
            log.warning("mail.refused")
            return REFUSED
        except Exception:
            # A defect of the hub: the client keeps the mail until it is fixed.
            log.exception("mail.broken")
            return AGAIN
        return OK

    async def _read(self, address: str, envelope: Envelope) -> Meaning:
        sender = (envelope.mail_from or "").removeprefix("<>")
        incoming = RawMail(
            content=_content(envelope),
            sender=sender.encode("utf-8", "replace").decode(),
            mark=self._verp.read(address),
            at=self._now(),
        )
        # In a thread: parsing a large mail would block other connections.
        return await asyncio.to_thread(read, incoming, verp=self._verp)

    async def _proven(self, meaning: Meaning, content: bytes) -> Meaning:
        """Find out who wrote a reply, where it has a word that is done only for the right one."""
        if not isinstance(meaning, Reply) or meaning.automatic or opt_command(meaning) is None:
            return meaning
        return replace(meaning, authentic=await self._handlers.is_signed(content, meaning.address))

    async def _dispatch(self, meaning: Meaning) -> None:
        became = await self._became(meaning)
        if isinstance(meaning, Ignored):
            log.info("mail.means_nothing", reason=meaning.reason)
        _MAIL.labels(became).inc()

    async def _became(self, meaning: Meaning) -> str:
        match meaning:
            case BounceReport():
                return await self._handlers.bounce(meaning)
            case Complaint():
                return await self._handlers.complaint(meaning)
            case Reply():
                await self._handlers.reply(meaning)
                return "reply"
            case Ignored():
                return meaning.reason


def _content(envelope: Envelope) -> bytes:
    return envelope.content if isinstance(envelope.content, bytes) else b""


_GRAVITY: Final = (OK, NO_REPORT, UNREADABLE, REFUSED, AGAIN)
