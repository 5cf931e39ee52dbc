"""Users of RabbitMQ beside the hub's own, on a real broker: made by commands, or at once for one test."""

import shlex
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import aio_pika
from yarl import URL

from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers.topology import DOMAIN_EVENTS
from hub.local.rabbitmq import USER, RabbitMQ
from hub.model import Event, Json
from tests.servers import Servers

_EXCHANGE = r"^domain\\.events$"
_NOTHING = "^$"
_USERS: Final = "rabbit_auth_backend_internal"
CALLS: Final = {
    "add_vhost": "rabbit_vhost:add({0}, {by})",
    "add_user": f"{_USERS}:add_user({{0}}, {{1}}, {{by}})",
    "change_password": f"{_USERS}:change_password({{0}}, {{1}}, {{by}})",
    "delete_user": f"{_USERS}:delete_user({{0}}, {{by}})",
    "set_user_tags": f"{_USERS}:set_tags({{0}}, [binary_to_atom({{1}})], {{by}})",
    "set_user_limits": f"{_USERS}:set_user_limits({{0}}, {{1}}, {{by}})",
    "set_permissions": f"{_USERS}:set_permissions({{1}}, {{0}}, {{2}}, {{3}}, {{4}}, {{by}})",
    "set_topic_permissions": f"{_USERS}:set_topic_permissions({{1}}, {{0}}, {{2}}, {{3}}, {{4}}, {{by}})",
    "clear_topic_permissions": f"{_USERS}:clear_topic_permissions({{1}}, {{0}}, {{by}})",
    "set_policy": 'rabbit_policy:parse_set({0}, {1}, {2}, {3}, "0", {5}, {by})',
}
"""
Command of rabbitmqctl → the call that it makes on the broker's node, of its words without their options.

A command starts a virtual machine, for two seconds: `test_broker_rights.py` runs those of the documentation.
"""


async def control(broker: RabbitMQ, commands: Iterable[str]) -> None:
    """Do what these commands of rabbitmqctl would, all at once."""
    calls = ", ".join(f"ok = {_call(command)}" for command in commands)
    await broker.evaluate(f"{calls}.")


def _call(command: str) -> str:
    _, name, *words = shlex.split(command)
    given = [_binary(word.replace("\\", "\\\\").replace('"', '\\"')) for word in words if word != "-p"]
    return CALLS[name].format(*given, by=_binary(USER))


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
