"""Publishes with confirms, over its own connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast
from uuid import uuid4

from aio_pika import DeliveryMode
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from pamqp.commands import Basic

from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers import topology
from hub.consumers.broker import broker_errors, close, connect, user_of
from hub.errors import BrokerUnavailable, ConfigurationError
from hub.intake.replay_sender import headers_of
from hub.model import DeadLetter, Event, Json, Lane
from hub.model.tickets import encode_ticket
from hub.ports import Ticket

CONFIRM_TIMEOUT: Final = 10.0
"""Seconds; after that the outcome is unknown, and nothing that depends on it may be acknowledged."""

DEFAULT: Final = ""
"""The default exchange, which routes to every queue by its name."""
TICKET_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class _Open:
    """A channel with confirms, and its aiormq channel below aio-pika."""

    channel: AbstractChannel
    wire: Channel


class BrokerPublisher:
    """`hub.ports.Publisher` on RabbitMQ. Connects at first use, and reconnects after a loss."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._user = user_of(url)
        self._connection: AbstractConnection | None = None
        self._open: _Open | None = None
        self._opening = asyncio.Lock()

    async def tickets(self, tickets: Sequence[Ticket]) -> None:
        if not tickets:
            return
        opened = await self._channel()
        await asyncio.gather(
            *(
                _publish(
                    opened.wire,
                    DEFAULT,
                    topology.messages_queue(ticket.channel, ticket.lane),
                    encode_ticket(ticket.ids),
                    _durable(TICKET_TYPE),
                )
                for ticket in tickets
            )
        )

    async def event(self, event: Event) -> None:
        opened = await self._channel()
        properties = _durable(CONTENT_TYPE, user=self._user)
        await _publish(opened.wire, topology.DOMAIN_EVENTS, event.name, encode(event), properties)

    async def notify(self, events: Sequence[Event]) -> None:
        if not events:
            return
        wire, out, kind = (await self._channel()).wire, topology.EVENTS_OUT, _durable(CONTENT_TYPE)
        await asyncio.gather(
            *(_publish(wire, out, event.name, encode(event), kind, mandatory=False) for event in events)
        )

    async def replay(self, letter: DeadLetter) -> None:
        opened = await self._channel()
        properties = _durable(letter.content_type, headers=headers_of(letter), user=self._user)
        await _publish(opened.wire, topology.DOMAIN_EVENTS, letter.routing_key, letter.body, properties)

    async def depth(self, channel: str, lane: Lane) -> int:
        """Return the number of ready tickets in a queue."""
        opened = await self._channel()
        async with broker_errors():
            queue = await opened.channel.declare_queue(
                topology.messages_queue(channel, lane), passive=True, timeout=topology.TIMEOUT
            )
        return queue.declaration_result.message_count or 0

    async def unattended(self) -> Mapping[str, int]:
        """Return the queues without a consumer, each with its number of ready messages."""
        opened = await self._channel()
        async with broker_errors():
            found = [
                (await opened.channel.declare_queue(name, passive=True, timeout=topology.TIMEOUT))
                for name in topology.QUEUES
            ]
        results = [queue.declaration_result for queue in found]
        return {
            str(result.queue): result.message_count or 0 for result in results if not result.consumer_count
        }

    async def ping(self) -> None:
        """Raise BrokerUnavailable when RabbitMQ does not answer."""
        await self._channel()

    async def aclose(self) -> None:
        connection, self._connection, self._open = self._connection, None, None
        if connection is not None:
            await close(connection)

    async def _channel(self) -> _Open:
        async with self._opening:
            if self._open is None or self._open.channel.is_closed:
                await self.aclose()
                self._connection = await connect(self._url, self._name)
                self._open = await _prepare(self._connection)
            return self._open


async def _publish(
    wire: Channel,
    exchange: str,
    key: str,
    body: bytes,
    properties: Basic.Properties,
    *,
    mandatory: bool = True,
) -> None:
    async with broker_errors():
        answer = await wire.basic_publish(
            body,
            exchange=exchange,
            routing_key=key,
            properties=properties,
            mandatory=mandatory,
            timeout=CONFIRM_TIMEOUT,
            # A confirm implies that the frame was written. Waiting for each write would delay the next one.
            wait=False,
        )
    # aiormq delivers a returned message as if it were a confirm.
    if isinstance(answer, DeliveredMessage):
        raise BrokerUnavailable(f"no queue takes {key}")


async def _prepare(connection: AbstractConnection) -> _Open:
    try:
        async with broker_errors():
            return await _declared(connection)
    except ConfigurationError as exc:
        # Not the event's fault: otherwise it would become a dead letter.
        raise BrokerUnavailable(str(exc)) from exc


async def _declared(connection: AbstractConnection) -> _Open:
    channel = connection.channel(publisher_confirms=True, on_return_raises=False)
    await channel.initialize(timeout=topology.TIMEOUT)
    await topology.declare(channel)
    return _Open(channel=channel, wire=cast("Channel", await channel.get_underlay_channel()))


def _durable(
    content_type: str | None, *, headers: dict[str, Json] | None = None, user: str | None = None
) -> Basic.Properties:
    return Basic.Properties(
        content_type=content_type,
        headers=headers or {},
        delivery_mode=DeliveryMode.PERSISTENT,
        # aiormq finds a returned message by its id, so no two in flight may share one.
        message_id=uuid4().hex,
        # RabbitMQ refuses a user other than the connection's: intake trusts it to mean the hub's own check.
        user_id=user,
    )
