"""A TCP line between the hub and RabbitMQ, which a test can cut, hold shut, or make deaf."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Line:
    """
    Listens on a free port of 127.0.0.1 and passes on everything, both ways.

    `open` false refuses new connections; `deaf` true keeps back what the broker says.
    """

    def __init__(self, url: str) -> None:
        self.open = True
        self.deaf = False
        self.connections = 0
        self._far = urlsplit(url)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The broker's URL, by way of this line."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        user = self._far.netloc.rpartition("@")[0]
        return self._far._replace(netloc=f"{user}@{host}:{port}").geturl()

    def cut(self) -> None:
        """Reset every connection, as a firewall does that has forgotten them."""
        for writer in self._writers:
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        while self._writers:
            self.cut()
            await asyncio.sleep(0)
        await self._server.wait_closed()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.connections += 1
        if not self.open:
            back.transport.abort()
            return
        far, there = await asyncio.open_connection(self._far.hostname, self._far.port)
        both = {back, there}
        self._writers |= both
        try:
            await asyncio.gather(self._pass_on(near, there), self._pass_back(far, back))
        finally:
            self._writers -= both

    async def _pass_on(self, near: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await near.read(1 << 16):
                there.write(data)
        there.transport.abort()

    async def _pass_back(self, far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await far.read(1 << 16):
                if not self.deaf:
                    back.write(data)
        back.transport.abort()
