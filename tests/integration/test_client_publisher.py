"""`hub.client.Publisher` on a real broker: a receipt means that RabbitMQ has the event."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from yarl import URL

from hub.client import (
    BrokerUnavailable,
    CloudEvent,
    ConfigurationError,
    EventRefused,
    EventUnconfirmed,
    EventUnroutable,
    Publisher,
)
from hub.client.connection import user_of
from hub.cloudevents import decode
from hub.consumers import topology
from hub.local.rabbitmq import RabbitMQ
from hub.model import Lane
from tests.acceptance.harness import until
from tests.broker_users import publisher_user
from tests.integration.broker_line import Line
from tests.servers import Servers

QUEUE = topology.events_queue(Lane.NORMAL)
SOURCE = "urn:my-system"
MANY = 500
"""Events that are published while their connection is cut: some seconds of it."""
CUTS = 5
"""At least so many connections are lost meanwhile."""
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def replied(number: int = 1, **fields: Any) -> CloudEvent:
    return CloudEvent(type="pqrs.replied", id=f"reply-{number}", data={"pqrs_id": "pqrs-1"}, **fields)


async def declare(url: str) -> None:
    """Do what the first hub does."""
    async with await aio_pika.connect(url, timeout=10) as connection:
        await topology.declare(await connection.channel())


@pytest.fixture
async def line(amqp_url: str) -> AsyncIterator[Line]:
    async with Line(amqp_url) as between:
        yield between


@asynccontextmanager
async def publishing(url: str, patience: float = 30) -> AsyncIterator[Publisher]:
    async with Publisher(url, source=SOURCE, patience=timedelta(seconds=patience)) as publisher:
        yield publisher


async def arrived(url: str, number: int) -> list[AbstractIncomingMessage]:
    """Take this many messages out of the queue, or fewer if there are no more."""
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(QUEUE, ensure=False)
        found = [await queue.get(no_ack=True, fail=False) for _ in range(number)]
    return [message for message in found if message is not None]


async def test_receipt_names_the_event_that_is_in_the_queue(amqp_url: str) -> None:
    async with publishing(amqp_url) as publisher:
        receipt = await publisher.publish(replied(traceparent=TRACE))
    [message] = await arrived(amqp_url, 2)
    event = decode(message.body, message.content_type, message.headers)

    assert ("reply-1", SOURCE) == (receipt.id, receipt.source) == (event.id, event.source)
    assert receipt.time == event.time
    assert TRACE == event.extensions["traceparent"] == message.headers["traceparent"]
    assert (2, user_of(amqp_url), "pqrs.replied") == (
        message.delivery_mode,
        message.user_id,
        message.routing_key,
    )


async def test_many_events_are_published_at_once_over_one_connection(line: Line, amqp_url: str) -> None:
    async with publishing(line.url) as publisher:
        await asyncio.gather(*(publisher.publish(replied(number)) for number in range(300)))

    assert (300, 1) == (len(await arrived(amqp_url, 301)), line.connections)


async def test_event_that_no_queue_takes_is_an_error_of_its_own(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        await channel.declare_exchange("nobody.listens", "topic")
        async with Publisher(amqp_url, source=SOURCE, exchange="nobody.listens") as publisher:
            with pytest.raises(EventUnroutable):
                await publisher.publish(replied())


async def test_without_the_hubs_exchange_an_event_is_unroutable_until_a_hub_has_run(
    new_amqp_url: str,
) -> None:
    async with publishing(new_amqp_url) as publisher:
        with pytest.raises(EventUnroutable, match="no hub has run yet"):
            await publisher.publish(replied())
        await declare(new_amqp_url)
        await publisher.publish(replied())

    assert 1 == len(await arrived(new_amqp_url, 2))


async def test_publisher_whose_connection_is_cut_again_and_again_loses_nothing(
    line: Line, amqp_url: str
) -> None:
    async with publishing(line.url) as publisher:
        sending = asyncio.gather(*(publisher.publish(replied(number)) for number in range(MANY)))
        while not sending.done():
            line.cut()
            await asyncio.sleep(0.1)
        await sending
    events = [decode(found.body, found.content_type, {}).id for found in await arrived(amqp_url, 9 * MANY)]

    assert {f"reply-{number}" for number in range(MANY)} == set(events)
    assert line.connections > CUTS


async def test_event_outlasts_a_restart_of_the_broker(private_broker: RabbitMQ) -> None:
    url = private_broker.url
    await declare(url)
    async with publishing(url, patience=90) as publisher:
        await publisher.publish(replied(1))
        await private_broker.stop()
        waiting = asyncio.create_task(publisher.publish(replied(2)))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        await private_broker.start()
        await waiting
    found = await arrived(url, 4)

    assert {"reply-1", "reply-2"} == {decode(one.body, one.content_type, {}).id for one in found}


async def test_broker_that_is_away_is_said_when_patience_ends(line: Line) -> None:
    line.open = False
    async with publishing(line.url, patience=1) as publisher:
        began = time.monotonic()
        with pytest.raises(BrokerUnavailable, match="RabbitMQ does not answer") as away:
            await publisher.publish(replied())

    assert not isinstance(away.value, EventUnconfirmed)
    assert 1 <= time.monotonic() - began < 15


async def test_event_that_may_have_arrived_is_unconfirmed(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.client.confirms.CONFIRM_TIMEOUT", 0.3)
    async with publishing(line.url, patience=1) as publisher:
        await publisher.publish(replied(1))
        line.deaf = True
        with pytest.raises(EventUnconfirmed, match="publish the same again"):
            await publisher.publish(replied(2))


async def test_user_who_may_not_write_there_is_told(servers: Servers, amqp_url: str) -> None:
    async with publisher_user(servers, amqp_url) as url, publishing(url) as publisher:
        await publisher.publish(replied())
        async with Publisher(url, source=SOURCE, exchange=topology.EVENTS_OUT) as wrong:
            with pytest.raises(EventRefused, match="right to write"):
                await wrong.publish(replied())


async def test_wrong_password_is_no_reason_to_try_again(amqp_url: str) -> None:
    async with publishing(str(URL(amqp_url).with_password("wrong"))) as publisher:
        with pytest.raises(ConfigurationError, match="password"):
            await publisher.publish(replied())


async def test_closed_publisher_publishes_nothing_more(amqp_url: str) -> None:
    async with publishing(amqp_url) as publisher:
        await publisher.publish(replied())
    with pytest.raises(BrokerUnavailable, match="closed"):
        await publisher.publish(replied(2))

    assert 1 == len(await arrived(amqp_url, 2))


async def test_caller_who_gives_up_is_not_told_of_the_broker(line: Line) -> None:
    line.open = False
    async with publishing(line.url) as publisher:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(publisher.publish(replied()), 0.3)


async def test_lost_connection_is_noticed_without_a_publish(line: Line) -> None:
    async with publishing(line.url) as publisher:
        await publisher.publish(replied())
        line.cut()
        await until(lambda: publisher._open is None or publisher._open.wire.is_closed, "the loss")
        await publisher.publish(replied(2))

    assert 2 == line.connections
