"""Frames that a publisher can send and no client of Python reads, on a real broker."""

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import aio_pika
import pamqp.frame
import pytest
from aiormq.abc import ChannelFrame
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from hub.consumers import topology
from hub.consumers.worker import Consumer, serve
from hub.model import Lane, RawMessage

INSTANT: Final = datetime(2026, 3, 9, tzinfo=UTC)
SECONDS: Final = struct.pack(">Q", int(INSTANT.timestamp()))
MICROSECONDS: Final = int(INSTANT.timestamp() * 1_000_000)
PLACEHOLDER: Final = b"ZZZZ"
LATIN_1: Final = "áéíó".encode("latin-1")


@asynccontextmanager
async def intake(url: str) -> AsyncIterator[asyncio.Queue[RawMessage]]:
    """Consume what falls to the normal lane."""
    got: asyncio.Queue[RawMessage] = asyncio.Queue()
    stop = asyncio.Event()

    async def keep(batch: Sequence[RawMessage]) -> None:
        for event in batch:
            got.put_nowait(event)

    async def bury(_: RawMessage, error: Exception) -> None:
        raise error

    consumer = Consumer(queue=topology.events_queue(Lane.NORMAL), handle=keep, bury=bury, batch=10)
    serving = asyncio.create_task(serve(url, "test", [consumer], stop))
    try:
        yield got
    finally:
        stop.set()
        await asyncio.wait_for(serving, 10)


async def publish(
    url: str, *, key: bytes = b"pqrs.received", write: Mapping[bytes, bytes], **properties: Any
) -> None:
    """Publish frames in which some bytes are replaced by others of the same length."""
    async with await aio_pika.connect(url) as connection, connection.channel() as opened:
        await topology.declare(opened)
        channel: Any = await opened.get_underlay_channel()
        frames = (
            commands.Basic.Publish(exchange=topology.DOMAIN_EVENTS, routing_key=key.decode("latin-1")),
            ContentHeader(body_size=2, properties=commands.Basic.Properties(**properties)),
            ContentBody(b"{}"),
        )
        payload = b"".join(pamqp.frame.marshal(frame, channel.number) for frame in frames)
        for before, after in write.items():
            assert before in payload
            payload = payload.replace(before, after)
        written = asyncio.get_running_loop().create_future()
        await channel.write_queue.put(ChannelFrame(payload, should_close=False, drain_future=written))
        await written


@pytest.mark.parametrize(
    "frame",
    [
        {"write": {PLACEHOLDER: LATIN_1}, "key": b"pqrs.ZZZZ"},
        {"write": {PLACEHOLDER: LATIN_1}, "app_id": "ZZZZ"},
        {"write": {PLACEHOLDER: LATIN_1}, "headers": {"ZZZZ": 1}},
        {"write": {SECONDS: struct.pack(">Q", MICROSECONDS)}, "timestamp": INSTANT},
        {"write": {SECONDS: struct.pack(">Q", MICROSECONDS)}, "headers": {"sent": INSTANT}},
    ],
    ids=["routing key", "property", "name of a header", "timestamp", "header"],
)
async def test_what_cannot_be_read_comes_to_intake_like_anything_else(
    amqp_url: str, frame: Mapping[str, Any]
) -> None:
    await publish(amqp_url, **frame)

    async with intake(amqp_url) as got:
        one = await asyncio.wait_for(got.get(), 10)

    assert one.body == b"{}"
