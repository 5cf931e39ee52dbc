"""A mail server with pipelining that notes when it has accepted the mails of each recipient."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import Final

from hub.errors import Unavailable
from hub.local.loopback import ADDRESS

LOOK: Final = 0.005
_END: Final = b"\r\n.\r\n"


class TimedSink:
    """`arrived` has, by recipient, the monotonic times at which mails were accepted."""

    def __init__(self) -> None:
        self.arrived: defaultdict[str, list[float]] = defaultdict(list)
        self.count = 0
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self), ADDRESS, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def accept(self, recipient: str) -> None:
        self.arrived[recipient].append(time.monotonic())
        self.count += 1

    def times(self, prefix: str, *, since: float) -> list[float]:
        """Return the seconds after `since` of the mails to recipients whose address begins so, in order."""
        found = (at for to, times in self.arrived.items() if to.startswith(prefix) for at in times)
        return sorted(at - since for at in found if at >= since)

    async def reaches(self, count: int, within: float, prefix: str = "") -> None:
        """Wait for this many mails to addresses that begin so. Raises Unavailable."""
        deadline = time.monotonic() + within
        while (arrived := self._count(prefix)) < count:
            if time.monotonic() > deadline:
                raise Unavailable(f"only {arrived} of {count} mails came within {within:.0f} s")
            await asyncio.sleep(LOOK)

    def _count(self, prefix: str) -> int:
        if not prefix:
            return self.count
        return sum(len(times) for to, times in self.arrived.items() if to.startswith(prefix))


class _Conversation(asyncio.Protocol):
    def __init__(self, sink: TimedSink) -> None:
        self._sink = sink
        self._buffer = b""
        self._recipient = ""
        self._in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers: list[bytes] = []
        while (answer := self._content() if self._in_content else self._command()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _content(self) -> bytes | None:
        end = self._buffer.find(_END)
        if end < 0:
            return None
        self._buffer, self._in_content = self._buffer[end + len(_END) :], False
        self._sink.accept(self._recipient)
        return b"250 2.0.0 Ok\r\n"

    def _command(self) -> bytes | None:
        line, found, rest = self._buffer.partition(b"\r\n")
        if not found:
            return None
        self._buffer = rest
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        if verb == b"DATA":
            self._in_content = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 Ok\r\n"
