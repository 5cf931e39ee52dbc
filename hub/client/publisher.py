"""Publishes events for other systems: with confirms, over a connection that is opened again after a loss."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self, cast
from uuid import uuid4

from aio_pika import DeliveryMode
from aio_pika.abc import AbstractConnection
from aiormq.channel import Channel
from aiormq.exceptions import AuthenticationError, ChannelAccessRefused, ProbableAuthenticationError
from pamqp.commands import Basic

from hub.client import confirms
from hub.client.connection import broker_errors, close, connect, open_channel, user_of
from hub.client.event import CONTENT_TYPE, CloudEvent, Envelope, envelope
from hub.errors import (
    BrokerUnavailable,
    ConfigurationError,
    EventRefused,
    EventUnconfirmed,
    EventUnroutable,
)
from hub.tasks import reraise_if_cancelled

EXCHANGE: Final = "domain.events"
PATIENCE: Final = timedelta(seconds=60)
FIRST_PAUSE: Final = 0.1  # seconds
LONGEST_PAUSE: Final = 5.0  # seconds
_DENIED: Final = (AuthenticationError, ProbableAuthenticationError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An event that RabbitMQ has stored: the hub shows its fate under this identity."""

    id: str
    source: str
    time: datetime


@dataclass(frozen=True, slots=True)
class _Open:
    """A connection, and its channel with confirms, below aio-pika."""

    connection: AbstractConnection
    wire: Channel


class Publisher:
    """
    Publishes events to the hub, and waits until RabbitMQ has stored each.

        async with Publisher("amqp://crm:…@broker/hub", source="urn:my-system") as publisher:
            await publisher.publish(CloudEvent(type="pqrs.replied", id="reply-7", data={…}))

    It connects at the first event, and again after each loss. Many events may be published at once, over one
    connection. An event is tried again for as long as `patience`, with growing pauses: its identity stays the
    same, so that a repeat changes nothing. Declares nothing: the exchange is the hub's.
    """

    def __init__(
        self,
        url: str,
        *,
        source: str | None = None,
        name: str = "publisher",
        patience: timedelta = PATIENCE,
        exchange: str = EXCHANGE,
    ) -> None:
        self._url = url
        self._source = source
        self._name = name
        self._patience = patience
        self._exchange = exchange
        self._open: _Open | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection: an event without a confirm raises EventUnconfirmed."""
        self._closed = True
        await self._drop(self._open)

    async def publish(self, event: CloudEvent) -> Receipt:
        """
        Publish the event, and return when RabbitMQ has confirmed it.

        Raises InvalidEvent, also for a type that does not exist, EventUnroutable, EventRefused and
        ConfigurationError at once, BrokerUnavailable where RabbitMQ was away all the time, and
        EventUnconfirmed where the event may have arrived: publish the same again.
        """
        ready = envelope(event, source=self._source, now=datetime.now(UTC))
        attempts = _Attempts()
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._until_confirmed(ready, attempts)
        except TimeoutError:
            raise attempts.failure() from None
        return Receipt(id=ready.id, source=ready.source, time=ready.time)

    async def _until_confirmed(self, event: Envelope, attempts: _Attempts) -> None:
        while True:
            try:
                opened = await self._connected()
                attempts.sent = True
                if await self._send(opened, event):
                    return
            except BrokerUnavailable as exc:
                reraise_if_cancelled()
                attempts.note(exc)
                if self._closed:
                    raise attempts.failure() from exc
            else:
                raise EventUnroutable
            await asyncio.sleep(attempts.pause())

    async def _send(self, opened: _Open, event: Envelope) -> bool:
        """Publish; return False if no queue takes it."""
        try:
            async with broker_errors():
                return await confirms.publish(
                    self._exchange, event.key, event.body, self._properties(event), opened.wire
                )
        except BrokerUnavailable as exc:
            # A connection that does not answer in time may never do so again.
            await self._drop(opened)
            if isinstance(exc.__cause__, ChannelAccessRefused):
                raise EventRefused from exc
            raise
        finally:
            if opened.wire.is_closed:
                await self._drop(opened)

    def _properties(self, event: Envelope) -> Basic.Properties:
        return Basic.Properties(
            content_type=CONTENT_TYPE,
            headers={"traceparent": event.traceparent} if event.traceparent else {},
            delivery_mode=DeliveryMode.PERSISTENT,
            # aiormq finds a returned message by its id, so no two in flight may share one.
            message_id=uuid4().hex,
            # All senders without a user share one rate.
            user_id=user_of(self._url),
        )

    async def _connected(self) -> _Open:
        async with self._opening:
            if self._closed:
                raise BrokerUnavailable("the publisher is closed")
            if self._open is None:
                self._open = await self._connect()
            return self._open

    async def _connect(self) -> _Open:
        try:
            connection = await connect(self._url, self._name)
        except BrokerUnavailable as exc:
            if isinstance(exc.__cause__, _DENIED):
                raise ConfigurationError("RabbitMQ does not accept this user, or its password.") from exc
            raise
        try:
            async with broker_errors():
                channel = await open_channel(connection, publisher_confirms=True)
                return _Open(connection, cast("Channel", await channel.get_underlay_channel()))
        except BaseException:
            await close(connection)
            raise

    async def _drop(self, opened: _Open | None) -> None:
        """Close a connection; the next publish opens another one."""
        if opened is None:
            return
        if self._open is opened:
            self._open = None
        await close(opened.connection)


class _Attempts:
    """How often one event was tried, and why that was not enough."""

    def __init__(self) -> None:
        self.sent = False
        self._failures = 0
        self._last = ""

    def note(self, failure: BrokerUnavailable) -> None:
        self._failures += 1
        self._last = str(failure)

    def pause(self) -> float:
        """Return the seconds until the next try; the jitter spreads many publishers."""
        longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures, 10))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, protects nothing

    def failure(self) -> BrokerUnavailable:
        kind = EventUnconfirmed if self.sent else BrokerUnavailable
        return kind(f"{kind.__doc__} (tries: {self._failures}; the last one: {self._last or 'no confirm'})")
