"""Consumers of delivery: a queue per channel and lane, so that a slow provider delays only itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
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
"""Tickets of one queue in progress; a ticket has up to 100 messages, which are sent concurrently."""

DRAIN: Final = timedelta(seconds=3)
"""
How long a stopping worker waits for its providers. Then the calls are cut: when the lease has ended, the
next worker sends these messages again, under the same reference.
"""

log = structlog.get_logger()


def consumers(
    *, deps: DeliveryDeps, store: DeliveryStore, publisher: Publisher, appointments: Appointments
) -> list[Consumer]:
    """Make the consumers of all channels and lanes, also of channels that are not configured."""

    async def handle(incoming: Sequence[RawMessage]) -> None:
        for ticket in incoming:
            try:
                ids = decode_ticket(ticket.body)
            except msgspec.DecodeError:
                # Not ours, and it names no message. SQL is the source of truth: the sweep finds all messages.
                log.error("ticket.unreadable", queue=ticket.routing_key)
                continue
            await deliver(ids, deps=deps, store=store, publisher=publisher, appointments=appointments)

    return [
        Consumer(
            queue=messages_queue(channel, lane),
            handle=handle,
            bury=_forget,
            at_once=AT_ONCE,
            drain=DRAIN,
            lane=lane,
        )
        for channel in CHANNELS
        for lane in Lane
    ]


async def _forget(incoming: RawMessage, error: Exception) -> None:
    """Drop a ticket: it only points to rows, and the sweep makes another."""
    log.error("ticket.dropped", queue=incoming.routing_key, error=type(error).__name__)
