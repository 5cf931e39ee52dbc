"""The demonstration reaches a real broker, directory first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import aio_pika
import pytest

from hub.cloudevents import decode
from hub.consumers.topology import events_queue
from hub.errors import BrokerUnavailable
from hub.local.demo import directory_events, load
from hub.model import Lane

NOW = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


async def waiting(amqp_url: str, lane: Lane) -> list[str]:
    """Answer the names of the events that wait in a lane."""
    names = []
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).get_queue(events_queue(lane))
        while (message := await queue.get(fail=False)) is not None:
            names.append(decode(message.body, message.content_type, message.headers).name)
            await message.ack()
    return names


async def test_the_directory_and_the_day_wait_in_their_lanes(new_amqp_url: str) -> None:
    count = await load(new_amqp_url, now=NOW, pause=timedelta(0))
    normal = await waiting(new_amqp_url, Lane.NORMAL)
    bulk = await waiting(new_amqp_url, Lane.BULK)
    urgent = await waiting(new_amqp_url, Lane.URGENT)

    directory = [event.name for event in directory_events(NOW)]
    assert normal[: len(directory)] == directory
    assert bulk == ["maintenance.scheduled.announced", "survey.requested"]
    assert urgent == ["emergency.declared", "emergency.acknowledged"]
    assert count == len(normal) + len(bulk) + len(urgent)


async def test_a_broker_that_is_not_there_is_named(unused_tcp_port: int) -> None:
    with pytest.raises(BrokerUnavailable):
        await load(f"amqp://guest:guest@127.0.0.1:{unused_tcp_port}/", now=NOW, pause=timedelta(0))
