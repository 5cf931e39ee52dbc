"""Publishes with confirms, over its own connection, and declares again what is missing in RabbitMQ."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, cast
from uuid import uuid4

import structlog
from aio_pika import DeliveryMode
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.channel import Channel
from aiormq.exceptions import ChannelInvalidStateError, ConnectionChannelError
from pamqp.commands import Basic
from prometheus_client import Counter

from hub.client import confirms
from hub.client.connection import broker_errors, close, open_channel, user_of
from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers import topology
from hub.consumers.broker import connect
from hub.consumers.canary import Canary, is_lost, look
from hub.errors import BrokerUnavailable, ConfigurationError
from hub.intake.replay_sender import headers_of, headers_of_caller, headers_of_moved
from hub.model import DeadLetter, Event, Gap, Json, Lane, RawMessage
from hub.model.results import source_key
from hub.model.tickets import encode_ticket
from hub.ports import Ticket
from hub.ports.publisher import NOWHERE
from hub.resilience.database_time import NOW
from hub.tasks import reraise_if_cancelled

DEFAULT: Final = ""
"""The default exchange, which routes to every queue by its name."""
TICKET_TYPE: Final = "application/json"
FRESH: Final = 1.0
"""Seconds for which an answer to `ping` is fresh: anybody may ask `/health/ready`, as often as he likes."""

_GAPS: Final = Counter(
    "hub_topology_gaps", "Times in which something was missing in RabbitMQ, until it was declared again."
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Open:
    """A connection, its channel with confirms and the aiormq channel below aio-pika, and its canary."""

    connection: AbstractConnection
    channel: AbstractChannel
    wire: Channel
    canary: Canary


class BrokerPublisher:
    """
    `hub.ports.Publisher` on RabbitMQ. Connects at first use, and reconnects after a loss.

    An event that no queue takes is published once more after the topology was declared again. `gap` is the
    time since which something is missing and could not be declared; `gaps` are past gaps, until their
    reporter takes them out.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._user = user_of(url)
        self._connection: AbstractConnection | None = None
        self._open: _Open | None = None
        self._opening = asyncio.Lock()
        self._mending = asyncio.Lock()
        self._pinging = asyncio.Lock()
        self._pinged = -FRESH
        self._arrived_at: datetime | None = None
        self._mends = 0
        self.gap: Gap | None = None
        self.gaps: list[Gap] = []

    async def tickets(self, tickets: Sequence[Ticket]) -> None:
        if not tickets:
            return
        send = partial(self._publish, await self._channel(), DEFAULT)
        await asyncio.gather(
            *(
                send(
                    topology.messages_queue(ticket.channel, ticket.lane),
                    encode_ticket(ticket.ids),
                    _durable(TICKET_TYPE),
                )
                for ticket in tickets
            )
        )

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        properties = _durable(CONTENT_TYPE, headers=headers_of_caller(caller), user=self._user)
        opened = await self._channel()
        await self._publish(opened, topology.DOMAIN_EVENTS, event.name, encode(event), properties)

    async def move(
        self, lane: Lane, events: Sequence[tuple[Event, RawMessage]], *, stay: bool = False
    ) -> None:
        send = partial(self._publish, await self._channel(), DEFAULT, topology.events_queue(lane))
        to = lane if stay else None
        await asyncio.gather(
            *(
                send(
                    encode(event), _durable(CONTENT_TYPE, headers=headers_of_moved(raw, to), user=self._user)
                )
                for event, raw in events
            )
        )

    async def notify(self, events: Sequence[Event], also: Mapping[str, Sequence[str]] = NOWHERE) -> None:
        if not events:
            return
        send = partial(self._publish, await self._channel(), topology.EVENTS_OUT, mandatory=False)
        await asyncio.gather(
            *(send(event.name, encode(event), _to_whom(event, also.get(event.id, ()))) for event in events)
        )

    async def replay(self, letter: DeadLetter) -> None:
        properties = _durable(letter.content_type, headers=headers_of(letter), user=self._user)
        opened = await self._channel()
        await self._publish(opened, topology.DOMAIN_EVENTS, letter.routing_key, letter.body, properties)

    async def depth(self, channel: str, lane: Lane) -> int:
        """Return the number of ready tickets in a queue."""
        opened = await self._channel()
        async with broker_errors():
            queue = await opened.channel.declare_queue(
                topology.messages_queue(channel, lane), passive=True, timeout=topology.TIMEOUT
            )
        return queue.declaration_result.message_count or 0

    async def unattended(self) -> Mapping[str, int]:
        """
        Return the queues without a consumer, each with its number of ready messages.

        Declares the topology again if an exchange or a queue is missing.
        """
        opened, mends = await self._channel(), self._mends
        async with broker_errors():
            found = await look(opened.connection)
        if found.missing:
            log.warning("broker.missing", names=found.missing)
            await self._mend(mends)
        results = [queue.declaration_result for queue in found.queues]
        return {
            str(result.queue): result.message_count or 0 for result in results if not result.consumer_count
        }

    async def ping(self) -> None:
        """
        Raise BrokerUnavailable if RabbitMQ does not answer, or if no event would arrive.

        The topology is declared again first if that helps. Asks at most once a second.
        """
        async with self._pinging:
            if self._is_well and time.monotonic() - self._pinged < FRESH:
                return
            opened, mends, pinged_at = await self._channel(), self._mends, NOW()
            async with broker_errors():
                arrived = await opened.canary.arrives()
            if not arrived:
                opened = await self._mend(mends)
                async with broker_errors():
                    arrived = await opened.canary.arrives()
            if not arrived:
                raise BrokerUnavailable("events do not arrive in RabbitMQ")
            self._pinged, self._arrived_at = time.monotonic(), pinged_at
            self._end_gap()

    async def renew(self) -> None:
        """Declare the topology again, for what a canary does not see: the binding of a single type."""
        opened = await self._channel()
        async with broker_errors():
            await _declare(opened.connection)

    async def aclose(self) -> None:
        connection, self._connection, self._open = self._connection, None, None
        if connection is not None:
            await close(connection)

    @property
    def _is_well(self) -> bool:
        return self.gap is None and self._open is not None and not self._open.channel.is_closed

    async def _channel(self) -> _Open:
        async with self._opening:
            if self._open is None or self._open.channel.is_closed:
                await self.aclose()
                self._connection = await connect(self._url, self._name)
                async with broker_errors():
                    self._open = await self._prepare(self._connection)
            return self._open

    async def _prepare(self, connection: AbstractConnection) -> _Open:
        """Declare the topology on a new connection."""
        if await is_lost(connection, seen=self._arrived_at is not None):
            self._begin_gap()
        await _declare(connection)
        self._end_gap()
        channel = await open_channel(connection, publisher_confirms=True)
        wire = cast("Channel", await channel.get_underlay_channel())
        return _Open(connection, channel, wire, await Canary.open(connection))

    async def _publish(
        self,
        opened: _Open,
        exchange: str,
        key: str,
        body: bytes,
        properties: Basic.Properties,
        *,
        mandatory: bool = True,
    ) -> None:
        """Publish. If no queue takes it, declare the topology again and publish once more."""
        mends = self._mends
        send = partial(confirms.publish, exchange, key, body, properties, mandatory=mandatory)
        if await self._sent(opened, send):
            return
        if not await self._sent(await self._mend(mends), send):
            raise BrokerUnavailable(f"no queue takes {key}")

    async def _sent(self, opened: _Open, send: Callable[[Channel], Awaitable[bool]]) -> bool:
        """Publish; again over a new channel where RabbitMQ closes this one for somebody else's publish."""
        async with broker_errors():
            try:
                return await send(opened.wire)
            except (ChannelInvalidStateError, ConnectionChannelError):
                reraise_if_cancelled()
            return await send((await self._channel()).wire)

    async def _mend(self, mends: int) -> _Open:
        """
        Declare the topology again, unless that was done since there had been `mends`.

        Many publish at once: the first one of them mends. Return what is open now.
        """
        async with self._mending:
            # If RabbitMQ has closed the channel, a new one is opened, which declares the topology as well.
            opened = await self._channel()
            if mends == self._mends:
                self._begin_gap()
                async with broker_errors():
                    await _declare(opened.connection)
                    self._open = opened = await _with_new_canary(opened)
                self._end_gap()
            return opened

    def _begin_gap(self) -> None:
        if self.gap is None:
            self.gap = Gap(since=self._arrived_at)
            log.error("broker.topology_missing", since=str(self.gap.since))

    def _end_gap(self) -> None:
        if self.gap is not None:
            over, self.gap = replace(self.gap, until=NOW()), None
            self.gaps.append(over)
            self._mends += 1
            _GAPS.inc()
            log.warning("broker.topology_mended", since=str(over.since), until=str(over.until))


async def _with_new_canary(opened: _Open) -> _Open:
    """The binding of the old one may be gone as well."""
    await opened.canary.aclose()
    return replace(opened, canary=await Canary.open(opened.connection))


async def _declare(connection: AbstractConnection) -> None:
    """Declare over a channel of its own: RabbitMQ closes it where something may not be declared."""
    channel = await open_channel(connection)
    try:
        await topology.declare(channel)
    except ConfigurationError as exc:
        # Not the event's fault: otherwise it would become a dead letter.
        raise BrokerUnavailable(str(exc)) from exc
    finally:
        await close(channel)


def _to_whom(event: Event, also: Sequence[str]) -> Basic.Properties:
    """Route a notice also under its name and those that it is for, its source first, in the same publish."""
    source = event.data.get("event_source")
    words = [*([source_key(source)] if source else []), *also]
    keys = [f"{event.name}.{word}" for word in words]
    return _durable(CONTENT_TYPE, headers={"CC": keys} if keys else None)


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
