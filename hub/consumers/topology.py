"""
Exchanges and queues as values. Every process declares all of them, so the start order does not matter.

    domain.events ─#─▶ hub.lanes ─name─▶ hub.events.urgent · normal · bulk
                          └─ unknown types ─▶ hub.unknown ─▶ hub.events.normal
    (default exchange) ─▶ hub.messages.<channel>.<lane>        hub.events.out: events of the hub for others

Queue arguments are frozen once declared (RabbitMQ answers 406): a change is a new name and a drain.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelPreconditionFailed
from pamqp.common import Arguments

from hub.catalog import CATALOG
from hub.errors import ConfigurationError
from hub.model import Lane

DOMAIN_EVENTS: Final = "domain.events"
HUB_LANES: Final = "hub.lanes"
HUB_UNKNOWN: Final = "hub.unknown"
EVENTS_OUT: Final = "hub.events.out"

CHANNELS: Final = ("email", "sms", "whatsapp", "push", "inbox", "print")
"""All channels; each has a queue per lane."""

QUORUM: Final[Arguments] = {
    "x-queue-type": "quorum",
    # The default drops a message after 21 lost connections, which are not the message's fault.
    "x-delivery-limit": -1,
}
TIMEOUT: Final = 10.0

_Bind: TypeAlias = Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    name: str
    type: ExchangeType
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """`destination` is an exchange or a queue; exchange to exchange when `to_exchange`."""

    source: str
    destination: str
    key: str
    to_exchange: bool = False


def events_queue(lane: Lane) -> str:
    return f"hub.events.{lane}"


def messages_queue(channel: str, lane: Lane) -> str:
    return f"hub.messages.{channel}.{lane}"


EXCHANGES: Final = (
    # The contract with publishers: durable, topic, no arguments.
    Exchange(name=DOMAIN_EVENTS, type=ExchangeType.TOPIC),
    Exchange(name=HUB_UNKNOWN, type=ExchangeType.FANOUT),
    Exchange(name=HUB_LANES, type=ExchangeType.TOPIC, arguments={"alternate-exchange": HUB_UNKNOWN}),
    Exchange(name=EVENTS_OUT, type=ExchangeType.TOPIC),
)
SET_UP: Final = Exchange(name="hub.set_up", type=ExchangeType.FANOUT)
"""Nothing goes there. It is declared last, and so tells that all the rest was there once."""
QUEUES: Final = (
    *(events_queue(lane) for lane in Lane),
    *(messages_queue(channel, lane) for channel in CHANNELS for lane in Lane),
)
BINDINGS: Final = (
    *(Binding(source=HUB_LANES, destination=events_queue(kind.lane), key=kind.name) for kind in CATALOG),
    Binding(source=HUB_UNKNOWN, destination=events_queue(Lane.NORMAL), key=""),
    # Last: events flow from here on, when all lanes exist.
    Binding(source=DOMAIN_EVENTS, destination=HUB_LANES, key="#", to_exchange=True),
)


async def declare(channel: AbstractChannel) -> None:
    """
    Declare everything; idempotent.

    Raises ConfigurationError where something exists with other arguments: waiting would not repair that.
    """
    await _declare(channel, EXCHANGES, QUEUES, BINDINGS)
    await _declare(channel, [SET_UP], (), ())


async def declare_lanes(channel: AbstractChannel) -> None:
    """
    Declare all but the entrance, `domain.events`. For consumers; see `declare`.

    The declarer of the entrance first looks whether it is missing, because then events were lost. A consumer
    that came before would hide that.
    """
    exchanges = [exchange for exchange in EXCHANGES if exchange.name != DOMAIN_EVENTS]
    bindings = [binding for binding in BINDINGS if binding.source != DOMAIN_EVENTS]
    await _declare(channel, exchanges, QUEUES, bindings)


async def _declare(
    channel: AbstractChannel,
    exchanges: Iterable[Exchange],
    queues: Iterable[str],
    bindings: Sequence[Binding],
) -> None:
    try:
        for exchange in exchanges:
            await channel.declare_exchange(
                exchange.name, exchange.type, durable=True, arguments=exchange.arguments, timeout=TIMEOUT
            )
        for name in queues:
            await channel.declare_queue(name, durable=True, arguments=QUORUM, timeout=TIMEOUT)
    except ChannelPreconditionFailed as exc:
        raise ConfigurationError(
            f"RabbitMQ has a queue or an exchange of the hub's with other arguments: {exc}. "
            "They cannot be changed: empty it and delete it, or give the hub a virtual host of its own."
        ) from exc
    await _bind(channel, bindings)


async def _bind(channel: AbstractChannel, bindings: Sequence[Binding]) -> None:
    """A broker works through a channel in order: once it confirms the last binding, all are there."""
    plain = await channel.get_underlay_channel()
    for left, binding in zip(reversed(range(len(bindings))), bindings, strict=True):
        bind: _Bind = plain.exchange_bind if binding.to_exchange else plain.queue_bind
        await bind(binding.destination, binding.source, binding.key, nowait=left > 0, timeout=TIMEOUT)
