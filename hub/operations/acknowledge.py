"""Acknowledgements by hand: by an operator, and by the person who has received the escalation."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hub.access.actor import Actor
from hub.model import Escalation
from hub.ports import Publisher
from hub.rendering.typed_words import tidy
from hub.sla.acknowledge import AckResult, acknowledge, level_to_acknowledge
from hub.storage import PostgresLog

LONGEST: Final = 500
"""Characters of the words that come with an acknowledgement."""


async def acknowledge_clock(
    by: Actor, clock_id: UUID, *, log: PostgresLog, publisher: Publisher, words: str = ""
) -> AckResult | None:
    """
    Acknowledge the escalation for the notified level. Idempotent.

    None if the actor reaches no such clock. Raises NothingToAcknowledge.
    """
    clock = await log.clock(clock_id, places=by.places)
    if clock is None:
        return None
    await by.note("clock.acknowledge", f"clock:{clock.id}", level=level_to_acknowledge(clock))
    return await acknowledge(clock, by=by.who, publisher=publisher, now=by.now, words=tidy(words, LONGEST))


async def acknowledge_received(by: Actor, received: Escalation, *, publisher: Publisher) -> AckResult:
    """
    Acknowledge the escalation that a person received, in the name of that person. Idempotent.

    Raises NothingToAcknowledge.
    """
    clock, person = received.clock, received.person
    message_id = str(received.message_id)
    await by.note(
        "clock.acknowledge", f"clock:{clock.id}", person=person, level=received.level, message_id=message_id
    )
    return await acknowledge(clock, by=person, publisher=publisher, now=by.now)
