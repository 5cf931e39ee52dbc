"""
An event's lane is that of its type. Its routing key is its publisher's word, and only finds the queue.

Otherwise whoever publishes payments under the key of an emergency would delay the next emergency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import structlog

from hub.intake.decode import Batch, IntakeContext
from hub.model import Event, Lane
from hub.ports import Publisher

Misplaced: TypeAlias = Mapping[Lane, Sequence[tuple[Event, str | None]]]
"""By lane, the events that belong there, each with the RabbitMQ user who has sent it."""

log = structlog.get_logger()


def take_out(batch: Batch, context: IntakeContext) -> Misplaced:
    """
    Take the events of other lanes out of the batch, and return them.

    They have been decoded, validated and judged by their sender: the hub may publish them in its own name.
    """
    if context.lane is None:
        return {}
    found: defaultdict[Lane, list[tuple[Event, str | None]]] = defaultdict(list)
    for key, (event, raw) in list(batch.events.items()):
        if (own := context.kinds[event.type].lane) is not context.lane:
            found[own].append((event, raw.user))
            del batch.events[key]
    return found


async def move(misplaced: Misplaced, publisher: Publisher) -> None:
    """Publish each event to the queue of its lane."""
    for lane, events in misplaced.items():
        await publisher.move(lane, events)
        log.warning("events.moved", lane=lane, count=len(events))
