"""
Cascades: from a failed step to the next one.

Delivery calls this when a step fails; the timers' audit calls it for cascades that a crash interrupted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import structlog

from hub.messages.planning.cascade import next_step, next_steps
from hub.messages.planning.reach import LETTER
from hub.messages.planning.undelivered import alerts, needs_alert
from hub.model import Message, StoredEvent
from hub.model.tickets import tickets
from hub.ports import CascadeStore, Publisher

Prints: TypeAlias = Callable[[Message, StoredEvent], Awaitable[bool]]
"""Return whether this letter about the event can be made; false if it would only link to its document."""

log = structlog.get_logger()


async def prints_all(letter: Message, about: StoredEvent) -> bool:  # noqa: ARG001 - as Prints
    return True


async def advance_cascade(
    over: Sequence[Message],
    *,
    store: CascadeStore,
    publisher: Publisher,
    now: datetime,
    prints: Prints = prints_all,
) -> None:
    """
    Start the steps that follow these messages; alert staff first where only paper, or nothing, is left.

    The alert comes before the next step: after a crash in between, the audit finds the missing step and
    repeats the alert with the same id. A letter that cannot be made gets no alert here: it fails next, and
    its failure is the one alert.
    """
    alarming = [message for message in over if needs_alert(message)]
    if alarming:
        await _alert(alarming, store, publisher, now, prints)
    following = next_steps(over, now=now)
    if following:
        await store.add_messages(following)
        await publisher.tickets(tickets(following))


async def _alert(
    alarming: Sequence[Message], store: CascadeStore, publisher: Publisher, now: datetime, prints: Prints
) -> None:
    events = await store.events_of({message.event_key for message in alarming})
    alerted = [message for message in alarming if not await _fails_next(message, events, now, prints)]
    for event in alerts(alerted, events, now=now).values():
        await publisher.event(event)
        log.warning("notification.undelivered", message_id=event.data["message_id"], event_id=event.id)
    await store.end_cascades([message.id for message in alarming if not message.fallback])


async def _fails_next(
    message: Message, events: Mapping[UUID, StoredEvent], now: datetime, prints: Prints
) -> bool:
    """Return whether the next step is a letter that cannot be made: its own failure is the alert."""
    letters = [new for new in next_step(message, now=now) if new.channel == LETTER]
    about = events.get(message.event_key)
    if about is None or not letters:
        return False
    for letter in letters:
        if await prints(letter, about):
            return False
    return True
