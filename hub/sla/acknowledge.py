"""
Acknowledgements: after one, the ladder of the clock waits one more of that level's durations. Where nothing
else was promised, as in an emergency, the acknowledgement ends the clock.

The acknowledgement is an event like any other: intake receives it and `hub.sla` folds it into the clock.
Its id is made from the clock and the level, so a repeat is a duplicate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.catalog import BY_NAME
from hub.errors import NothingToAcknowledge
from hub.model import FIRST_LEVEL, Clock, Event, Move, own_event
from hub.policy.clocks import ESCALATES
from hub.ports import Publisher

ACKNOWLEDGED: Final = "sla.acknowledged"
ENDED_BY_IT: Final = frozenset(move.clock for move in BY_NAME[ACKNOWLEDGED].clocks if move.move is Move.STOP)
"""The clocks that an acknowledgement ends, such as an emergency's."""


class AckResult(Struct, kw_only=True, frozen=True):
    """`changed` is false when the level had already acknowledged the clock."""

    id: UUID
    level: int
    changed: bool


def level_to_acknowledge(clock: Clock) -> int:
    """Return the level that may acknowledge the clock. Raises NothingToAcknowledge, which says why not."""
    if clock.ended_at is not None:
        raise NothingToAcknowledge("The promise has ended: nobody is notified of it any more.")
    if clock.name not in ESCALATES:
        raise NothingToAcknowledge("This promise has no levels: what it waits for is what it promises.")
    if clock.level == FIRST_LEVEL and clock.name not in ENDED_BY_IT:
        raise NothingToAcknowledge("The promise is still with level 1: answer the person, which ends it.")
    return clock.level


async def acknowledge(
    clock: Clock, *, by: str, publisher: Publisher, now: datetime, words: str = ""
) -> AckResult:
    """
    Acknowledge the clock for its current level. Safe to repeat.

    Raises NothingToAcknowledge and BrokerUnavailable.
    """
    level = level_to_acknowledge(clock)
    known = {acknowledgement.level for acknowledgement in clock.course.acknowledged}
    if level not in known:
        await publisher.event(event_of(clock, level, by=by, now=now, words=words))
    return AckResult(id=clock.id, level=level, changed=level not in known)


def event_of(clock: Clock, level: int, *, by: str, now: datetime, words: str = "") -> Event:
    place = clock.context.get("copropiedad_id")
    return acknowledged(clock.id, clock.case, level, by=by, place=place, at=now, words=words)


def acknowledged(
    clock_id: UUID, case: str, level: int, *, by: str, place: str | None, at: datetime, words: str = ""
) -> Event:
    """
    Make the event that a level has acknowledged a clock. Its thread id is the key of the clock's case.

    The event's id is made from the clock and the level, so a repeat is a duplicate.
    """
    data = {"clock_id": str(clock_id), BY_NAME[ACKNOWLEDGED].case: case, "level": level, "by": by}
    data |= {} if place is None else {"copropiedad_id": place}
    data |= {"note": words} if words else {}
    return own_event(ACKNOWLEDGED, ack_id(clock_id, level), data, time=at)


def ack_id(clock_id: UUID, level: int) -> str:
    """Return the id of the event that a level has acknowledged a clock."""
    return f"{clock_id}:acknowledged:{level}"
