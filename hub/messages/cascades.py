"""
Advance a cascade from a failed step to the next one.

Delivery calls this when a step fails; the timers' audit calls it for cascades that a crash interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from hub.messages.planning.cascade import next_steps
from hub.messages.planning.undelivered import alerts, needs_alert
from hub.model import Message
from hub.model.tickets import tickets
from hub.ports import CascadeStore, Publisher

log = structlog.get_logger()


async def advance_cascade(
    over: Sequence[Message], *, store: CascadeStore, publisher: Publisher, now: datetime
) -> None:
    """
    Start the steps that follow these messages; alert staff first where only paper, or nothing, is left.

    The alert comes before the next step: after a crash in between, the audit finds the missing step and
    repeats the alert with the same id.
    """
    alarming = [message for message in over if needs_alert(message)]
    if alarming:
        await _alert(alarming, store, publisher, now)
    following = next_steps(over, now=now)
    if following:
        await store.add_messages(following)
        await publisher.tickets(tickets(following))


async def _alert(
    alarming: Sequence[Message], store: CascadeStore, publisher: Publisher, now: datetime
) -> None:
    events = await store.events_of({message.event_key for message in alarming})
    for event in alerts(alarming, events, now=now).values():
        await publisher.event(event)
        log.warning("notification.undelivered", message_id=event.data["message_id"])
    await store.end_cascades([message.id for message in alarming if not message.fallback])
