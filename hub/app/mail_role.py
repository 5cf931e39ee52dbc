"""The role mail: bounces, complaints and replies come by SMTP."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import structlog

from hub.app.container import Container
from hub.app.incoming import take_bounce, take_feedback, take_reply
from hub.app.listening import taken
from hub.app.work import Work, until_set
from hub.errors import ConfigurationError
from hub.inbound.mail import server as mail
from hub.inbound.mail.authentic import DnsKeys, is_signed
from hub.resilience.database_time import NOW
from hub.settings import Address

log = structlog.get_logger()


async def take_mail(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Receive mail: bounces, complaints, replies."""
    address, verp = parts.settings.mail, parts.company.verp
    if address is None or verp is None:
        raise ConfigurationError("The role mail needs HUB_MAIL, where it listens, and HUB_MAIL_DOMAIN.")
    handlers = mail.MailHandlers(
        bounce=partial(take_bounce, parts),
        complaint=partial(take_feedback, parts),
        reply=partial(take_reply, parts),
        is_signed=partial(is_signed, key_of=DnsKeys()),
    )
    try:
        listener = mail.listening(address, verp=verp, handlers=handlers, now=NOW)
        server = await stack.enter_async_context(listener)
    except OSError as exc:
        raise taken("HUB_MAIL", address, exc) from exc
    for socket in server.sockets:
        host, port, *_ = socket.getsockname()
        log.info("mail.listening", address=str(Address(host, port)), domain=verp.domain)
    return until_set(stop)
