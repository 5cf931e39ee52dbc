"""An SMTP server that accepts every mail and delivers none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.local.loopback import ADDRESS
from hub.local.mailbox import Mailbox

SIZE_LIMIT = 50 * 1024 * 1024  # bytes; larger than any provider accepts


@asynccontextmanager
async def catching(mailbox: Mailbox, port: int, *, caught: Callable[[str], None]) -> AsyncIterator[None]:
    """Listen on loopback; `caught` is called with the name of each stored mail."""

    def session() -> SMTP:
        # Without a hostname, aiosmtpd would ask the resolver for seconds.
        return SMTP(
            _Catcher(mailbox, caught), enable_SMTPUTF8=True, hostname="localhost", data_size_limit=SIZE_LIMIT
        )

    server = await asyncio.get_running_loop().create_server(session, ADDRESS, port)
    try:
        yield
    finally:
        server.close()


class _Catcher:
    def __init__(self, mailbox: Mailbox, caught: Callable[[str], None]) -> None:
        self._mailbox = mailbox
        self._caught = caught

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, content)
        self._caught(name)
        return "250 2.0.0 Kept"
