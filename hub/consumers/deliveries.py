"""
A delivery of RabbitMQ: the raw message, and how to settle it.

From aiormq, below aio-pika: aio-pika's own message object costs as much time as all of the hub's decoding.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from aiormq.abc import DeliveredMessage
from msgspec import Struct

from hub.model import RawMessage
from hub.resilience.database_time import NOW


class Settling(Protocol):
    """The parts of a channel that a delivery needs; aiormq's channels have it."""

    def basic_ack(
        self,
        delivery_tag: int,
        multiple: bool = False,
    ) -> Awaitable[None]: ...

    def basic_reject(self, delivery_tag: int, *, requeue: bool = True) -> Awaitable[None]: ...


class Delivery(Struct, frozen=True, eq=False):
    """A message, how often it was delivered before, and its tag on the channel that settles it."""

    message: RawMessage
    count: int
    tag: int
    channel: Settling

    async def ack(self, *, multiple: bool = False) -> None:
        """Acknowledge the delivery; `multiple`: and all before it on the channel."""
        await self.channel.basic_ack(self.tag, multiple=multiple)

    async def requeue(self) -> None:
        """Put it back. Not by nack: from RabbitMQ 4.3 on only a reject counts as a failed delivery."""
        await self.channel.basic_reject(self.tag, requeue=True)


def delivery_of(delivered: DeliveredMessage) -> Delivery:
    """Read what the broker delivered to a consumer."""
    properties = delivered.header.properties
    headers = properties.headers or {}
    # Quorum queues set the header from the second delivery on. On the first one it is the publisher's own.
    count = headers.get("x-delivery-count") if delivered.redelivered else None
    return Delivery(
        message=RawMessage(
            body=delivered.body,
            content_type=properties.content_type,
            headers=headers,
            routing_key=delivered.routing_key or "",
            received_at=NOW(),
            user=properties.user_id,
        ),
        count=count if isinstance(count, int) else 0,
        tag=delivered.delivery_tag or 0,
        channel=delivered.channel,
    )
