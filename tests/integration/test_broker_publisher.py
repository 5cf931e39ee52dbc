"""Publishing with confirms on a real broker: a return without an error means that it has it."""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractConnection

from hub.consumers import topology
from hub.consumers.broker import connect, generations
from hub.consumers.publisher import BrokerPublisher
from hub.errors import BrokerUnavailable
from hub.model import Event, Lane
from hub.ports import Ticket
from tests.acceptance.harness import until
from tests.integration.broker_line import Line

QUEUE = topology.events_queue(Lane.NORMAL)


@pytest.fixture
async def line(amqp_url: str) -> AsyncIterator[Line]:
    async with Line(amqp_url) as between:
        yield between


async def test_a_publisher_without_its_queues_says_which_and_lets_nobody_lose_anything(
    new_amqp_url: str,
) -> None:
    async with await aio_pika.connect(new_amqp_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "classic"})
        async with publishing(new_amqp_url) as publisher:
            with pytest.raises(BrokerUnavailable, match=QUEUE.replace(".", r"\.")):
                await publisher.tickets([ticket()])


@asynccontextmanager
async def publishing(url: str) -> AsyncIterator[BrokerPublisher]:
    publisher = BrokerPublisher(url, "hub test publisher")
    try:
        yield publisher
    finally:
        await publisher.aclose()


def ticket(channel: str = "email") -> Ticket:
    return Ticket(channel=channel, lane=Lane.NORMAL, ids=(uuid4(), uuid4()))


async def test_a_ticket_that_no_queue_takes_is_not_taken_for_published(amqp_url: str) -> None:
    async with publishing(amqp_url) as publisher:
        with pytest.raises(BrokerUnavailable, match="no queue takes"):
            await publisher.tickets([ticket(), ticket("fax"), ticket()])
        await publisher.tickets([ticket(), ticket()])

        assert 4 == await publisher.depth("email", Lane.NORMAL)


async def test_a_notice_that_nobody_listens_to_is_no_fault(amqp_url: str) -> None:
    async with publishing(amqp_url) as publisher:
        await publisher.notify([event("event.rejected"), event("event.rejected")])


async def test_an_event_of_a_type_that_no_lane_knows_falls_to_the_normal_one(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection, publishing(amqp_url) as publisher:
        await publisher.event(event("unheard.of"))
        channel = await connection.channel()
        queue = await channel.get_queue(QUEUE, ensure=False)

        assert b"unheard.of" in (await queue.get()).body


async def test_a_publisher_whose_line_was_cut_publishes_over_a_new_one(amqp_url: str, line: Line) -> None:
    async with publishing(line.url) as publisher:
        await publisher.tickets([ticket()])
        line.cut()

        async def published() -> bool:
            try:
                await publisher.tickets([ticket()])
            except BrokerUnavailable:
                return False
            return True

        await until(published, "the next connection")
    async with publishing(amqp_url) as other:
        depth = await other.depth("email", Lane.NORMAL)

    assert (2, 2) == (line.connections, depth)


async def test_a_broker_that_does_not_confirm_is_not_taken_for_a_yes(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.client.confirms.CONFIRM_TIMEOUT", 1.0)
    async with publishing(line.url) as publisher:
        await publisher.ping()
        line.deaf = True
        with pytest.raises(BrokerUnavailable):
            await publisher.tickets([ticket()])
        line.cut()


def event(name: str) -> Event:
    kind = f"co.coproservicios.{name}.v1"
    return Event(id="1", source="urn:hub", type=kind, time=datetime.now(UTC), data={})


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionResetError(), asyncio.CancelledError(), Exception()]
)
async def test_a_broker_that_stands_still_ends_a_generation_and_not_the_hub(
    amqp_url: str, error: BaseException
) -> None:
    used: list[AbstractConnection] = []

    async def work(connection: AbstractConnection) -> None:
        used.append(connection)
        if len(used) == 1:
            raise error

    await asyncio.wait_for(generations(amqp_url, "hub test", work, asyncio.Event()), 20)

    assert len({id(connection) for connection in used}) == 2


async def test_a_fault_of_ours_is_not_taken_for_the_brokers(amqp_url: str) -> None:
    async def work(_: AbstractConnection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(generations(amqp_url, "hub test", work, asyncio.Event()), 20)


async def test_a_stop_does_not_wait_for_a_broker_that_is_away() -> None:
    async def work(_: AbstractConnection) -> None:
        raise AssertionError

    stop = asyncio.Event()
    with socket.socket() as nobody:  # bound, but it does not listen
        nobody.bind(("127.0.0.1", 0))
        url = f"amqp://127.0.0.1:{nobody.getsockname()[1]}/"
        waiting = asyncio.create_task(generations(url, "hub test", work, stop))
        await asyncio.sleep(1)
        stop.set()
        await asyncio.wait_for(waiting, 2)


async def test_a_connection_that_could_not_be_opened_leaves_nothing_to_be_closed_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)  # what aio-pika logs would hold the connection
    with socket.socket() as nobody:  # bound, but it does not listen
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(BrokerUnavailable):
            await connect(f"amqp://127.0.0.1:{nobody.getsockname()[1]}/", "hub test")
    gc.collect()

    assert asyncio.all_tasks() == {asyncio.current_task()}
