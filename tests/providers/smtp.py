"""A strict SMTP server with PIPELINING, STARTTLS, AUTH, SIZE and SMTPUTF8, and scripted misbehaviour."""

import asyncio
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.providers.smtp_conversation import Behaviour, Conversation, Habits, Mail, Notes
from tests.providers.smtp_wire import Wire


class SmtpServer:
    """
    Listens on a free port of 127.0.0.1.

    `violations` must be empty at the end of a test: every violation is recorded.
    """

    def __init__(self, habits: Habits | None = None, *, implicit_tls: ssl.SSLContext | None = None) -> None:
        self.habits = habits or Habits()
        self.notes = Notes()
        self.connections = 0
        self.talking: set[Conversation] = set()
        self._implicit_tls = implicit_tls
        self._behaviours: dict[str, list[Behaviour]] = {}
        self._server: asyncio.Server | None = None

    @property
    def mails(self) -> list[Mail]:
        return self.notes.mails

    @property
    def violations(self) -> list[str]:
        return self.notes.violations

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def on(self, moment: str, behaviour: Behaviour) -> None:
        """
        Misbehave at a moment: a command's verb, `CONNECT`, `CONTENT` (after 354) or `DOT`.

        The behaviour added last is tried first; see `tests.providers.smtp_manners`.
        """
        self._behaviours.setdefault(moment, []).insert(0, behaviour)

    def behave(self) -> None:
        """Remove all scripted misbehaviour."""
        self._behaviours.clear()

    def hang_up(self) -> None:
        """Drop every open connection, as a restart does."""
        for conversation in self.talking:
            conversation.wire.drop()

    async def start(self, port: int = 0) -> None:
        """Start on a free port, or after a stop on the same port again."""
        self._server = await asyncio.start_server(
            self._converse, "127.0.0.1", port, ssl=self._implicit_tls, limit=1 << 24
        )

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        while self.talking:
            self.hang_up()
            await asyncio.sleep(0)
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        conversation = Conversation(
            Wire(reader, writer, self.violations.append),
            number=self.connections,
            habits=self.habits,
            notes=self.notes,
            behaviours=self._behaviours,
        )
        self.talking.add(conversation)
        try:
            with suppress(ConnectionError, ssl.SSLError):
                await conversation.run()
        finally:
            self.talking.discard(conversation)
            writer.close()
