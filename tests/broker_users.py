"""Users of RabbitMQ beside the hub's own: the rights of a publisher's user, on a real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import aio_pika
from yarl import URL

from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers.topology import DOMAIN_EVENTS
from hub.local.rabbitmq import USER
from hub.model import Event, Json
from tests.servers import Servers

_EXCHANGE = r"^domain\\.events$"
_NOTHING = "^$"


@asynccontextmanager
async def publisher_user(servers: Servers, url: str) -> AsyncIterator[str]:
    """Add a user who may write `domain.events` in this virtual host, and nothing else; yield its URL."""
    name, password = f"u{uuid4().hex}", uuid4().hex
    given = URL(url)
    rights = ", ".join(_binary(right) for right in (_NOTHING, _EXCHANGE, _NOTHING, USER))
    await servers.rabbitmq.evaluate(
        f"ok = rabbit_auth_backend_internal:add_user({_binary(name)}, {_binary(password)}, {_binary(USER)}),"
        f" ok = rabbit_auth_backend_internal:set_permissions("
        f"{_binary(name)}, {_binary(given.path[1:])}, {rights})."
    )
    try:
        yield str(given.with_user(name).with_password(password))
    finally:
        await servers.rabbitmq.evaluate(
            f"ok = rabbit_auth_backend_internal:delete_user({_binary(name)}, {_binary(USER)})."
        )


async def publish_as(
    url: str,
    event: Event,
    *,
    user_id: str | None,
    headers: Mapping[str, Json] | None = None,
    key: str | None = None,
) -> None:
    """
    Publish as the user of this URL, with this `user_id`; the exchange must be there.

    The routing key is the event's name unless another is given.
    """
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(DOMAIN_EVENTS, ensure=False)
        message = aio_pika.Message(
            encode(event),
            content_type=CONTENT_TYPE,
            delivery_mode=2,
            headers=dict(headers or {}),
            user_id=user_id,
        )
        await exchange.publish(message, key or event.name, mandatory=True)


def _binary(text: str) -> str:
    return f'<<"{text}">>'
