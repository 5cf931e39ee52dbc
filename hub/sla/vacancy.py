"""Vacancies: a step notifies the nearest level that somebody holds. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from msgspec import structs

from hub.model import FIRST_LEVEL, TOP_LEVEL, Clock, Step, StepKind

_HOLDER_STEPS: Final = frozenset({StepKind.AT_RISK, StepKind.BREACH})


def already_notified(clock: Clock, step: Step) -> bool:
    """
    Return whether the step of a ladder escalates to a level that was notified before its turn.

    Without a ladder each step has news of its own: at risk, breached, not arrived.
    """
    return step.kind is StepKind.ESCALATE and bool(clock.promise.ladder) and step.to_level <= clock.level


def levels_from(clock: Clock, step: Step) -> list[int]:
    """
    Return the levels that the step may notify, the nearest first; none for a step that notifies no level.

    A warning or a breach moves from the holder to the next level only if no step of the clock escalates.
    """
    escalates = any(planned.kind is StepKind.ESCALATE for planned in clock.steps)
    if step.kind in _HOLDER_STEPS and not escalates and not clock.promise.silent:
        return list(range(FIRST_LEVEL, TOP_LEVEL + 1))
    if step.kind is not StepKind.ESCALATE:
        return []
    return sorted({planned.to_level for planned in clock.steps if planned.to_level >= step.to_level})


def skip_vacant_levels(clock: Clock, step: Step, held: Collection[int]) -> Clock:
    """
    Set the step to notify the nearest level that somebody holds; if nobody holds any, its own level.

    `held` are the levels that somebody holds now.
    """
    target = next((level for level in levels_from(clock, step) if level in held), step.to_level)
    if target == step.to_level:
        return clock
    steps = (structs.replace(planned, told=target) if planned == step else planned for planned in clock.steps)
    return replace(clock, steps=tuple(steps))
