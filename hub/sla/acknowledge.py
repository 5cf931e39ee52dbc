"""
A level says that it has taken a matter on: its ladder waits one more of that level's durations, and where
nothing else was promised, as of an emergency, that is its end.

What is said is an event like any other, which enters at the top and is folded into the clock
(`hub.sla`). Its id is made from the clock and the level: said twice, it is a duplicate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.catalog import BY_NAME
from hub.errors import NothingToTakeOn
from hub.model import FIRST_LEVEL, Clock, Event, Move, own_event
from hub.policy.clocks import ESCALATES
from hub.ports import Publisher

ACKNOWLEDGED: Final = "sla.acknowledged"
_ENDED_BY_IT: Final = frozenset(move.clock for move in BY_NAME[ACKNOWLEDGED].clocks if move.move is Move.STOP)


class AckResult(Struct, kw_only=True, frozen=True):
    """`changed` is false when this level had taken it on before."""

    id: UUID
    level: int
    changed: bool


def level_to_take_on(clock: Clock) -> int:
    """Answer the level that may take the matter on; raises NothingToTakeOn, which says what to do."""
    if clock.ended_at is not None:
        raise NothingToTakeOn("The promise has ended: nobody is told of it any more.")
    if clock.name not in ESCALATES:
        raise NothingToTakeOn("This promise climbs no ladder: what it waits for is what it promises.")
    if clock.level == FIRST_LEVEL and clock.name not in _ENDED_BY_IT:
        raise NothingToTakeOn("The promise is still with level 1: answer the person, which ends it.")
    return clock.level


async def acknowledge(clock: Clock, *, by: str, publisher: Publisher, now: datetime) -> AckResult:
    """
    Say that the level at which the clock stands has taken the matter on. Safe to repeat.

    Raises NothingToTakeOn and BrokerUnavailable.
    """
    level = level_to_take_on(clock)
    known = {one.level for one in clock.course.acknowledged}
    if level not in known:
        await publisher.event(event_of(clock, level, by=by, now=now))
    return AckResult(id=clock.id, level=level, changed=level not in known)


def event_of(clock: Clock, level: int, *, by: str, now: datetime) -> Event:
    """Make the event."""
    place = clock.context.get("copropiedad_id")
    return acknowledged(clock.id, clock.case, level, by=by, place=place, at=now)


def acknowledged(clock_id: UUID, case: str, level: int, *, by: str, place: str | None, at: datetime) -> Event:
    """
    Make the event that a level has taken a matter on; the case is named as a thread that is that case.

    Its id is made from the clock and the level: said twice, it is a duplicate.
    """
    data = {"clock_id": str(clock_id), BY_NAME[ACKNOWLEDGED].case: case, "level": level, "by": by}
    data |= {} if place is None else {"copropiedad_id": place}
    return own_event(ACKNOWLEDGED, f"{clock_id}:acknowledged:{level}", data, time=at)
