"""
"No me han respondido": the person of an overdue case asks the next level, before its turn.

It publishes the event of the ladder's own next step, with that event's id. Pressed twice, and once more when
the ladder comes to that step by itself, it is one event, and the level is notified once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub import sla
from hub.model import Clock, Step, StepKind
from hub.model.residents import ResidentMessage
from hub.ports import Publisher
from hub.storage import PostgresResidents

ASKS: Final = frozenset({"first_reply"})
"""Promises with a ladder, whose person may climb it."""
_RUNGS: Final = frozenset({StepKind.ESCALATE, StepKind.REMIND})


class Climb(StrEnum):
    """The result of asking the next level."""

    CLIMBED = "climbed"
    TOLD = "told"
    """The next level was called before its turn; the one above it comes with the ladder."""
    NOT_DUE = "not_due"
    """Nothing of the case is overdue: it was answered meanwhile, or there is time yet."""
    AT_TOP = "at_top"
    """No level is left above."""


def is_overdue(clock: Clock, now: datetime) -> bool:
    return clock.ended_at is None and not clock.course.paused and clock.due_at < now


def next_rung(clock: Clock, now: datetime) -> Step | None:
    """Return the next step of an overdue clock's ladder; None where none is left, or it has no ladder."""
    if clock.name not in ASKS or not is_overdue(clock, now):
        return None
    left = clock.steps[clock.fired :]
    rungs = (step for step in left if step.kind in _RUNGS and not sla.already_notified(clock, step))
    return next(rungs, None)


def was_told(message: ResidentMessage, clock: Clock, step: Step) -> bool:
    """Return whether the button has published a step before its turn: it is among the events of the case."""
    return any(event.id == sla.event_id(clock, step) for event in message.events)


async def climb(
    message: ResidentMessage, *, store: PostgresResidents, publisher: Publisher, now: datetime
) -> Climb:
    """
    Ask the next level of each overdue promise of a message's case. Safe to repeat.

    Raises BrokerUnavailable and StorageUnavailable.
    """
    overdue = [clock for clock in message.clocks if is_overdue(clock, now)]
    rungs = [(clock, step) for clock in overdue if (step := next_rung(clock, now)) is not None]
    untold = [(clock, step) for clock, step in rungs if not was_told(message, clock, step)]
    for clock, step in untold:
        held = await store.held_levels(clock, sla.levels_from(clock, step))
        at_step = replace(clock, fired=clock.steps.index(step))
        targeted = sla.skip_vacant_levels(at_step, step, held) if sla.levels_from(clock, step) else at_step
        await publisher.event(sla.step_event(targeted, targeted.steps[targeted.fired], now=now))
    if untold:
        return Climb.CLIMBED
    if rungs:
        return Climb.TOLD
    return Climb.AT_TOP if overdue else Climb.NOT_DUE
