"""A TCP line to RabbitMQ that counts the AMQP frames on their way to the broker."""

import asyncio
import struct
from contextlib import suppress
from typing import Final

from tests.integration.broker_line import Line

GREETING: Final = len(b"AMQP\x00\x00\x09\x01")
HEAD: Final = struct.Struct(">BHI")
"""Type, channel, size of the body; after the body comes one closing byte."""
HEARTBEAT: Final = 8


class CountingLine(Line):
    """`frames` is the number of frames sent to the broker, without heartbeats."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.frames = 0

    async def _pass_on(self, near: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            there.write(await near.readexactly(GREETING))
            while True:
                head = await near.readexactly(HEAD.size)
                kind, _, size = HEAD.unpack(head)
                there.write(head + await near.readexactly(size + 1))
                self.frames += kind != HEARTBEAT
        there.transport.abort()
