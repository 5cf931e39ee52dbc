"""A TCP proxy on loopback, whose connections can be cut and observed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from hub.local.loopback import ADDRESS, free_port

Sieve = Callable[[bytes], Awaitable[bool]]
"""Returns whether the data is passed on; if not, the connection ends. It may wait before it returns."""


async def anything(chunk: bytes) -> bool:
    """Let everything through."""
    del chunk
    return True


class Wire:
    """Connects to the first of these ports that answers, like a load balancer."""

    def __init__(self, ports: Sequence[int], *, there: Sieve = anything, back: Sieve = anything) -> None:
        self.port = free_port()
        self._ports = ports
        self._sieves = there, back
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def join(self) -> None:
        """Let connections through, on the same port as before."""
        self._server = await asyncio.start_server(self._lead, ADDRESS, self.port)

    def cut(self) -> None:
        """End all connections at once; new ones are accepted."""
        for end in self._ends:
            end.transport.abort()

    def part(self) -> None:
        """End all connections, and refuse new ones."""
        if self._server is not None:
            self._server.close()
        self.cut()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._connect()
        if there is None:
            writer.transport.abort()
            return
        self._ends |= {writer, there[1]}
        try:
            out, back = self._sieves
            await asyncio.gather(_pour(reader, there[1], out), _pour(there[0], writer, back))
        finally:
            self._ends -= {writer, there[1]}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in self._ports:
            with suppress(OSError):
                return await asyncio.open_connection(ADDRESS, port)
        return None


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter, passes: Sieve) -> None:
    with suppress(OSError):
        while (data := await source.read(1 << 16)) and await passes(data):
            target.write(data)
            await target.drain()
    target.close()


@asynccontextmanager
async def wire(*ports: int, there: Sieve = anything, back: Sieve = anything) -> AsyncIterator[Wire]:
    made = Wire(ports, there=there, back=back)
    await made.join()
    try:
        yield made
    finally:
        made.part()


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def through(port: int, url: str) -> str:
    return url.replace(f":{port_of(url)}/", f":{port}/")
