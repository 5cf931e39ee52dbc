"""What a receiver of the hub's events gets, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aio_pika
import msgspec
from aiormq.abc import DeliveredMessage

from hub.consumers import topology


class _EventHead(msgspec.Struct):
    id: str


@dataclass(slots=True)
class Ear:
    """Every event in the order of arrival: the instant (seconds since 1970), and the bytes."""

    received: list[tuple[float, bytes]] = field(default_factory=list)

    async def receive(self, message: DeliveredMessage) -> None:
        if message.body:  # a canary has none
            self.received.append((time.time(), message.body))

    def arrivals(self) -> list[tuple[str, float]]:
        """Answer the id of each event, and when it came."""
        return [(_DECODER.decode(body).id, at) for at, body in self.received]

    async def reaches(self, count: int, within: float) -> None:
        """Wait until so many have come, or that time is over."""
        deadline = time.monotonic() + within
        while len(self.received) < count and time.monotonic() < deadline:  # noqa: ASYNC110 - no sender here
            await asyncio.sleep(0.1)


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Ear]:
    """Receive whatever is published to `domain.events`, beside the hub's own queues."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await topology.declare(channel)
        queue = await channel.declare_queue(exclusive=True, auto_delete=True)
        await queue.bind(topology.DOMAIN_EVENTS, "#")
        ear = Ear()
        # Below aio-pika, which would cost the machine more than the timers' own publishing.
        underlay = await channel.get_underlay_channel()
        await underlay.basic_consume(queue.name, ear.receive, no_ack=True)
        yield ear


_DECODER = msgspec.json.Decoder(_EventHead)
