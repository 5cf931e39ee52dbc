"""Damage to the topology by somebody who may configure."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel

from hub.consumers import topology
from hub.local.rabbitmq import RabbitMQ


@asynccontextmanager
async def administrator(url: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(url) as connection:
        yield await connection.channel(on_return_raises=False)


async def declare_anew(url: str) -> None:
    """Delete the exchange of the events and declare it again, without its bindings."""
    async with administrator(url) as channel:
        await channel.exchange_delete(topology.DOMAIN_EVENTS)
        await channel.declare_exchange(topology.DOMAIN_EVENTS, "topic", durable=True)


async def delete_exchange(url: str) -> None:
    async with administrator(url) as channel:
        await channel.exchange_delete(topology.DOMAIN_EVENTS)


async def delete_lanes(url: str) -> None:
    async with administrator(url) as channel:
        await channel.exchange_delete(topology.HUB_LANES)


async def unbind_lanes(url: str) -> None:
    async with administrator(url) as channel:
        lanes = await channel.get_exchange(topology.HUB_LANES, ensure=False)
        await lanes.unbind(topology.DOMAIN_EVENTS, "#")


async def add_user(broker: RabbitMQ, vhost: str, user: str, password: str) -> str:
    """Add a user who may do everything in the virtual host; return its URL."""
    await broker.evaluate(
        f'ok = rabbit_auth_backend_internal:add_user(<<"{user}">>, <<"{password}">>, <<"test">>).'
    )
    await permit(broker, vhost, user, configure=".*")
    return f"amqp://{user}:{password}@127.0.0.1:{broker.port}/{vhost}"


async def permit(broker: RabbitMQ, vhost: str, user: str, *, configure: str) -> None:
    """Set what the user may configure."""
    rights = f'<<"{user}">>, <<"{vhost}">>, <<"{configure}">>, <<".*">>, <<".*">>, <<"test">>'
    await broker.evaluate(f"ok = rabbit_auth_backend_internal:set_permissions({rights}).")
