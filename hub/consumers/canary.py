"""
Checks whether events would arrive, and finds missing parts of RabbitMQ's topology. Changes nothing that
others see.

AMQP cannot list bindings. So a canary goes the way of the events, `domain.events` ▸ `hub.lanes`, to a queue
of this connection alone. A canary that does not come back proves nothing: another system may listen to all
events. Events that publishers send while no canary arrives are confirmed to them and lost.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Self, cast
from uuid import uuid4

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractQueue
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from aiormq.exceptions import ChannelNotFoundEntity, DeliveryError
from pamqp.commands import Basic

from hub.client import confirms
from hub.client.connection import close, open_channel
from hub.consumers.topology import DOMAIN_EVENTS, EXCHANGES, HUB_LANES, QUEUES, SET_UP, TIMEOUT
from hub.model import CANARY
from hub.tasks import reraise_if_cancelled

PATIENCE: Final = 5.0
"""Seconds from the confirm of a canary to its arrival; a busy process may read it late."""


class Canary:
    """Sends canaries from a connection to a queue that ends with it."""

    def __init__(self, channel: AbstractChannel, wire: Channel) -> None:
        self._channel = channel
        self._wire = wire
        self._key = f"{CANARY}.{uuid4().hex}"
        self._awaited = ""
        self._arrived = asyncio.Event()

    @classmethod
    async def open(cls, connection: AbstractConnection) -> Self:
        """Make one and its queue. Raises ChannelNotFoundEntity where there are no lanes."""
        channel = await open_channel(connection, publisher_confirms=True)
        try:
            canary = cls(channel, cast("Channel", await channel.get_underlay_channel()))
            await canary.listen()
        except BaseException:
            await close(channel)
            raise
        return canary

    async def listen(self) -> None:
        """Make the queue: on the node of this connection, so it is away no sooner than the connection."""
        queue = await self._channel.declare_queue(
            self._key, exclusive=True, auto_delete=True, timeout=TIMEOUT
        )
        await queue.bind(HUB_LANES, self._key, timeout=TIMEOUT)
        await self._wire.basic_consume(self._key, self._receive, no_ack=True, timeout=TIMEOUT)

    async def arrives(self) -> bool:
        """Send one; return whether it arrives. One at a time."""
        if self._wire.is_closed:
            # RabbitMQ has closed the channel when the one before found no exchange.
            return False
        self._awaited = uuid4().hex
        self._arrived.clear()
        properties = Basic.Properties(message_id=self._awaited)
        if not await confirms.publish(DOMAIN_EVENTS, self._key, b"", properties, self._wire):
            return False
        try:
            await asyncio.wait_for(self._arrived.wait(), PATIENCE)
        except TimeoutError:
            return False
        return True

    async def aclose(self) -> None:
        await close(self._channel)

    async def _receive(self, delivered: DeliveredMessage) -> None:
        # A publisher that has found the key must not pass for a canary.
        if delivered.header.properties.message_id == self._awaited:
            self._arrived.set()


async def arrives(connection: AbstractConnection) -> bool:
    """Return whether one canary arrives."""
    try:
        canary = await Canary.open(connection)
    except ChannelNotFoundEntity:
        return False
    try:
        return await canary.arrives()
    finally:
        await canary.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopologyFindings:
    """The hub's queues that are there, and the names of the exchanges and queues that are missing."""

    queues: tuple[AbstractQueue, ...]
    missing: tuple[str, ...]

    @property
    def is_set_up(self) -> bool:
        """Whether a hub has declared everything here before."""
        return SET_UP.name not in self.missing


async def look(connection: AbstractConnection) -> TopologyFindings:
    """Look for each exchange and queue. RabbitMQ closes a channel that asks for one that is missing."""
    queues: list[AbstractQueue] = []
    missing: list[str] = []
    channel = await open_channel(connection)
    try:
        for name in (*(exchange.name for exchange in EXCHANGES), SET_UP.name, *QUEUES):
            try:
                if name in QUEUES:
                    queues.append(await channel.declare_queue(name, passive=True, timeout=TIMEOUT))
                else:
                    await channel.declare_exchange(name, passive=True, timeout=TIMEOUT)
            except ChannelNotFoundEntity:
                missing.append(name)
                channel = await open_channel(connection)
    finally:
        await close(channel)
    return TopologyFindings(queues=tuple(queues), missing=tuple(missing))


async def is_lost(connection: AbstractConnection, *, seen: bool) -> bool:
    """
    Return whether events no longer arrive where a hub has declared everything before.

    `seen`: this process has seen them arrive.
    """
    try:
        if not await _is_set_up(connection):
            return seen
        return not await arrives(connection)
    except (DeliveryError, TimeoutError):
        reraise_if_cancelled()
        # Nobody knows. A canary must not stop the work that it is there for.
        return False


async def _is_set_up(connection: AbstractConnection) -> bool:
    channel = await open_channel(connection)
    try:
        await channel.declare_exchange(SET_UP.name, passive=True, timeout=TIMEOUT)
    except ChannelNotFoundEntity:
        return False
    finally:
        await close(channel)
    return True
