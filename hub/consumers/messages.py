"""
Consumers of delivery: a queue per channel and lane, so that a slow provider delays only itself.

A message that was handed over to a provider comes to its end and is recorded, also when the connection to
RabbitMQ is lost or the process is told to stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from hub.consumers.in_progress import InProgress
from hub.consumers.topology import CHANNELS, messages_queue
from hub.consumers.worker import Consumer
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps
from hub.model import Lane, RawMessage
from hub.model.tickets import decode_ticket
from hub.ports import Appointments, DeliveryStore, Publisher

AT_ONCE: Final = 4
"""Tickets of one queue in progress; a ticket has up to 100 messages, which are sent concurrently."""
MOST: Final = 2 * AT_ONCE
"""The same, with those of lost connections."""
RECORDING: Final = timedelta(seconds=5)
"""The wait of a stopping worker beyond the longest call of a provider, so that the answer is recorded."""
SETTLING: Final = 0.1
"""Seconds in which calls that are refused at a stop end; only then are the remaining ones known."""
AGAIN: Final = 5.0
"""Seconds between two lines of the log about a stopping worker."""

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
            queue=queue,
            handle=handle,
            bury=_forget,
            at_once=AT_ONCE,
            in_progress=InProgress(queue, most=MOST),
            drain=longest_stop(deps),
            lane=lane,
        )
        for queue, lane in ((messages_queue(channel, lane), lane) for channel in CHANNELS for lane in Lane)
    ]


def longest_stop(deps: DeliveryDeps) -> timedelta:
    """Return how long a stopping worker waits: a call that has just begun may take the whole time-out."""
    return deps.policy.delivery.provider_timeout + RECORDING


async def end_handover(deps: DeliveryDeps, stop: asyncio.Event) -> None:
    """At the stop hand nothing more over; then log what is waited for, until the providers have answered."""
    await stop.wait()
    deps.handover.end()
    until = deps.now() + longest_stop(deps)
    await asyncio.sleep(SETTLING)
    while waiting := deps.handover.in_progress():
        log.warning(
            "delivery.waits_for_providers",
            messages=sum(waiting.values()),
            channels=dict(waiting),
            until=until.isoformat(timespec="seconds"),
        )
        await asyncio.sleep(AGAIN)


async def _forget(incoming: RawMessage, error: Exception) -> None:
    """Drop a ticket: it only points to rows, and the sweep makes another."""
    log.error("ticket.dropped", queue=incoming.routing_key, error=type(error).__name__)
