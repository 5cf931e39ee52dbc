"""A channel and its strict server, for the tests of e-mail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from hub.channels.email.channel import EmailChannel
from hub.channels.urls import SmtpEndpoint
from tests.providers.samples import SENDER, simple_mail
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Habits

ENVELOPE = ("MAIL", "RCPT", "DATA")
LOCKSTEP = Habits(pipelining=False)
BOTH = [Habits(), LOCKSTEP]
NAMES = ["pipelined", "lockstep"]


@asynccontextmanager
async def strict(habits: Habits | None = None, **options: Any) -> AsyncIterator[SmtpServer]:
    async with SmtpServer(habits, **options) as server:
        yield server
    assert server.violations == []


@asynccontextmanager
async def channel_to(server: SmtpServer, **options: Any) -> AsyncIterator[EmailChannel]:
    endpoint = {
        name: options.pop(name) for name in ("user", "password", "starttls", "tls") if name in options
    }
    defaults: dict[str, Any] = {"timeout": timedelta(seconds=5), "compose": simple_mail, "sender": SENDER}
    channel = EmailChannel(
        SmtpEndpoint(host="127.0.0.1", port=server.port, **endpoint), **{**defaults, **options}
    )
    try:
        yield channel
    finally:
        await channel.aclose()


async def until(condition: Callable[[], bool]) -> None:
    """Wait up to five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the awaited change happens in a server
            await asyncio.sleep(0.005)
