"""Budgets of a batch's AMQP frames and Redis commands, as `tests/budgets.toml` has them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any, Final

import pytest
from aio_pika.abc import AbstractConnection
from aiormq.abc import DeliveredMessage
from redis.asyncio import Redis

from hub.client.connection import close, user_of
from hub.consumers import events, messages, topology
from hub.consumers.broker import connect, watched_channel
from hub.consumers.deliveries import Delivery, delivery_of
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.worker import Consumer, _handle
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Event, Rendered
from hub.storage import (
    Database,
    PostgresDelivery,
    PostgresIntake,
    PostgresKeys,
    PostgresPauses,
    RedisAppointments,
    RedisThrottle,
)
from hub.testing import MemoryEmail, MemoryInbox, MemoryPush, MemorySms, SettableClock
from tests.integration.counting_line import CountingLine
from tests.unit.budget_events import BUDGETS, batch, town
from tests.unit.factories import DESK, MONDAY, POLICY

OF_CONNECTIONS: Final = ("auth", "client", "config", "hello", "info", "script", "select")
"""Redis commands of a new connection, and of the counter itself."""


@dataclass(kw_only=True)
class Cost:
    frames: int = 0
    commands: int = 0


@dataclass(frozen=True, kw_only=True)
class WiredHub:
    """Intake and delivery on real servers; only the providers are doubles."""

    line: CountingLine
    redis: Redis
    outside: BrokerPublisher
    """Publishes the events, and asks how many wait; not by the counted line."""
    connection: AbstractConnection
    publisher: BrokerPublisher
    intake: Sequence[Consumer]
    delivery: Sequence[Consumer]

    async def take_in(self, *published: Event) -> Cost:
        """Publish a batch of events, and take it in."""
        for event in published:
            await self.outside.event(event)
        return await self._work(self.intake)

    async def deliver(self) -> Cost:
        """Deliver all tickets."""
        return await self._work(self.delivery)

    async def _work(self, consumers: Sequence[Consumer]) -> Cost:
        waiting = await self.outside.unattended()
        cost = Cost()
        for consumer in consumers:
            if count := waiting.get(consumer.queue, 0):
                await self._handle(consumer, count, cost)
        return cost

    async def _handle(self, consumer: Consumer, count: int, cost: Cost) -> None:
        """Fetch all that waits in the queue, and only then handle it, so that batches are always the same."""
        channel, _ = await watched_channel(self.connection, count)
        underlay = await channel.get_underlay_channel()
        arrived: asyncio.Queue[Delivery] = asyncio.Queue()

        async def arrive(delivered: DeliveredMessage) -> None:
            arrived.put_nowait(delivery_of(delivered))

        await underlay.basic_consume(consumer.queue, arrive)
        deliveries = [await arrived.get() for _ in range(count)]
        asking = await self._asking()
        before, commands = self.line.frames, await self._commands()
        for start in range(0, count, consumer.batch):
            assert await _handle(deliveries[start : start + consumer.batch], consumer, asyncio.Event())
        await self._asking()
        cost.frames += self.line.frames - before - asking
        cost.commands += await self._commands() - commands
        await close(channel)

    async def _asking(self) -> int:
        """Wait until all that was sent has passed the line; return the frames of asking."""
        before = self.line.frames
        await self.publisher.unattended()
        async with self.connection.channel() as channel:
            await channel.declare_queue(topology.QUEUES[0], passive=True)
        return self.line.frames - before

    async def _commands(self) -> int:
        """Count the commands that Redis has executed, also those in scripts."""
        stats: dict[str, Any] = await self.redis.info("commandstats")
        names = {name: stat["calls"] for name, stat in stats.items()}
        return sum(
            calls
            for name, calls in names.items()
            if name.removeprefix("cmdstat_").partition("|")[0] not in OF_CONNECTIONS
        )


@pytest.fixture
async def hub(amqp_url: str, redis_url: str, database: str) -> AsyncIterator[WiredHub]:
    clock = SettableClock(MONDAY)
    channels = [MemoryEmail(), MemorySms(), MemoryPush(), MemoryInbox()]
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(Database(database))
        line = await stack.enter_async_context(CountingLine(amqp_url))
        redis = await stack.enter_async_context(Redis.from_url(redis_url))
        outside = await stack.enter_async_context(aclosing(BrokerPublisher(amqp_url, "test")))
        publisher = await stack.enter_async_context(aclosing(BrokerPublisher(line.url, "hub publisher")))
        appointments = await stack.enter_async_context(aclosing(RedisAppointments(redis_url)))
        throttle = await stack.enter_async_context(
            aclosing(RedisThrottle(redis_url, urgent_share=0.2, local_share=1))
        )
        connection = await connect(line.url, "hub")
        stack.push_async_callback(close, connection)
        yield WiredHub(
            line=line,
            redis=redis,
            outside=outside,
            connection=connection,
            publisher=publisher,
            intake=events.consumers(
                context=DESK,
                senders=SourceBindings(PostgresKeys(opened), own=user_of(amqp_url)),
                store=PostgresIntake(opened),
                publisher=publisher,
                appointments=appointments,
                now=clock,
            ),
            delivery=messages.consumers(
                deps=DeliveryDeps(
                    channels={channel.traits.name: channel for channel in channels},
                    render=lambda claimed: Rendered(text=claimed.message.name),
                    policy=POLICY,
                    throttle=throttle,
                    now=clock,
                    pauses=Pauses(PostgresPauses(opened)),
                ),
                store=PostgresDelivery(opened),
                publisher=publisher,
                appointments=appointments,
            ),
        )


@pytest.mark.parametrize("name", BUDGETS["frames"]["intake"])
async def test_a_batch_keeps_its_budgets_of_frames_and_commands(hub: WiredHub, name: str) -> None:
    await hub.take_in(*town())
    await hub.take_in(*batch(name, 0))
    await hub.deliver()
    taken_in = await hub.take_in(*batch(name, 1))
    delivered = await hub.deliver()

    found = {
        "frames": {"intake": taken_in.frames, "delivery": delivered.frames},
        "commands": {"intake": taken_in.commands, "delivery": delivered.commands},
    }
    assert found == {kind: {part: budgets[name] for part, budgets in BUDGETS[kind].items()} for kind in found}
