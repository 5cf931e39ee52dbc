"""Publishes one message and waits for the broker's confirm."""

from __future__ import annotations

from typing import Final

from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from aiormq.exceptions import ChannelNotFoundEntity
from pamqp.commands import Basic

CONFIRM_TIMEOUT: Final = 10.0
"""Seconds; after that the outcome is unknown, and nothing that depends on it may be acknowledged."""


async def publish(
    exchange: str,
    key: str,
    body: bytes,
    properties: Basic.Properties,
    wire: Channel,
    *,
    mandatory: bool = True,
) -> bool:
    """
    Publish; return False if no queue takes it, or if the exchange does not exist.

    In the second case RabbitMQ closes the channel, and all else that is in flight there gets False as well.
    """
    try:
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
    except ChannelNotFoundEntity:
        return False
    # aiormq delivers a returned message as if it were a confirm.
    return not isinstance(answer, DeliveredMessage)
