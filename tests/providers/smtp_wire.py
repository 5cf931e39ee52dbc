"""The octets of one SMTP connection, seen from the server: commands by groups, content, replies."""

import asyncio
import ssl
from collections.abc import Callable

LONGEST_COMMAND = 512 + 500 + 100
"""RFC 5321, plus ORCPT and ENVID of RFC 3461."""
END = b"\r\n.\r\n"


class Wire:
    """`reply` only collects replies; `flush` writes them, like the replies to a group."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, violated: Callable[[str], None]
    ) -> None:
        self.secure = writer.get_extra_info("sslcontext") is not None
        self.is_over = False
        self._reader = reader
        self._writer = writer
        self._violated = violated
        self._buffer = b""
        self._replies: list[str] = []

    @property
    def unread(self) -> bytes:
        """The bytes after the last command or content."""
        return self._buffer

    def reply(self, line: str) -> None:
        self._replies.append(line + "\r\n")

    async def flush(self) -> None:
        if self._replies:
            self._writer.write("".join(self._replies).encode())
            self._replies.clear()
            await self._writer.drain()

    async def finish(self) -> None:
        """Write the collected replies, then close."""
        await self.flush()
        self.close()

    def close(self) -> None:
        self._writer.close()
        self.is_over = True

    def drop(self) -> None:
        self._writer.transport.abort()
        self.is_over = True

    async def read_some(self) -> bool:
        """Read more; false at the end of the stream."""
        data = await self._reader.read(1 << 24)
        self._buffer += data
        return bool(data)

    async def stay_silent(self) -> None:
        """Read and never answer, until the client disconnects."""
        await self.flush()
        while await self.read_some():
            self._buffer = b""
        self.is_over = True

    async def start_tls(self, context: ssl.SSLContext) -> None:
        if self._buffer:
            self._violated("octets between STARTTLS and the handshake")
        plain = self._writer.transport
        try:
            await self._writer.start_tls(context)
        except AttributeError as exc:
            # CPython 3.11, when the peer disconnects right after the handshake: the transport is gone.
            # Restore the old one, so that the writer can be closed.
            self._writer._transport = plain  # type: ignore[attr-defined]
            raise ConnectionResetError from exc
        self.secure = True

    async def read_group(self) -> list[str]:
        """Return the command lines of one read; empty at the end of the stream."""
        while b"\n" not in self._buffer:
            if not await self.read_some():
                return []
        *lines, self._buffer = self._buffer.split(b"\n")
        last = next((at for at, line in enumerate(lines) if line.upper() == b"DATA\r"), len(lines) - 1)
        # Data after DATA is content, which must not come before the 354.
        self._buffer = b"\n".join([*lines[last + 1 :], self._buffer])
        if self._buffer:
            self._violated("octets after the last command of a group")
        return [self._command(line) for line in lines[: last + 1]]

    async def read_content(self) -> bytes | None:
        """Return the raw content, still dot-stuffed; None when it stopped before the final dot."""
        wire = b"\r\n" + self._buffer
        while END not in wire:
            self._buffer = b""
            if not await self.read_some():
                return None
            wire += self._buffer
        content, _, self._buffer = wire.partition(END)
        return content[2:] + b"\r\n" if content else b""

    def _command(self, line: bytes) -> str:
        if not line.endswith(b"\r"):
            self._violated("a command that ends with a bare LF")
        if len(line) + 1 > LONGEST_COMMAND:
            self._violated("a command that is too long")
        return line.rstrip(b"\r").decode("utf-8", "replace")
