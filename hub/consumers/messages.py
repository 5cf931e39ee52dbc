"""DELIVERY's consumers: a queue per channel and lane, so that a slow provider holds up only itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from hub.consumers.topology import CHANNELS, messages_queue
from hub.consumers.worker import Consumer
from hub.messages.delivery.deliver import DeliveryDeps, deliver
from hub.model import Lane, RawMessage
from hub.model.tickets import decode_ticket
from hub.ports import Appointments, DeliveryStore, Publisher

AT_ONCE: Final = 4
"""Tickets of one queue in work; a ticket has up to 100 messages, which are sent concurrently."""

log = structlog.get_logger()


def consumers(
    *, deps: DeliveryDeps, store: DeliveryStore, publisher: Publisher, appointments: Appointments
) -> list[Consumer]:
    """Make the consumers of all channels and lanes, also of channels that are not configured."""

    async def handle(incoming: Sequence[RawMessage]) -> None:
        for one in incoming:
            try:
                ids = decode_ticket(one.body)
            except msgspec.DecodeError:
                # Not one of ours, and it names no message; the rows are the truth, the sweep finds them.
                log.error("ticket.unreadable", queue=one.routing_key)
                continue
            await deliver(ids, deps=deps, store=store, publisher=publisher, appointments=appointments)

    return [
        Consumer(queue=messages_queue(channel, lane), handle=handle, bury=_forget, at_once=AT_ONCE)
        for channel in CHANNELS
        for lane in Lane
    ]


async def _forget(incoming: RawMessage, error: Exception) -> None:
    """A ticket is only a reminder of rows: drop it, and let the sweep make another."""
    log.error("ticket.dropped", queue=incoming.routing_key, error=type(error).__name__)
