"""One generation of work per connection, on a real broker."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket

import pytest
from aio_pika.abc import AbstractConnection

from hub.consumers.broker import connect, generations
from hub.errors import BrokerUnavailable


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
