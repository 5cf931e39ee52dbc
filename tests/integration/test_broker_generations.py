"""One generation of work per connection, on a real broker."""

from __future__ import annotations

import asyncio

import pytest
from aio_pika.abc import AbstractConnection

from hub.consumers.broker import generations


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

    await asyncio.wait_for(generations(amqp_url, "hub test", work), 20)

    assert len({id(connection) for connection in used}) == 2


async def test_a_fault_of_ours_is_not_taken_for_the_brokers(amqp_url: str) -> None:
    async def work(_: AbstractConnection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(generations(amqp_url, "hub test", work), 20)
