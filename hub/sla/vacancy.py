"""To whom a step is really handed: nobody waits for a level that nobody holds. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from hub.model import FIRST_LEVEL, TOP_LEVEL, Clock, Step, StepKind

_OF_THE_HOLDER: Final = frozenset({StepKind.AT_RISK, StepKind.BREACH})


def already_told(clock: Clock, step: Step) -> bool:
    """
    Tell whether the step of a ladder hands over to a level that was told before its turn.

    Without a ladder each step tells news of its own: at risk, broken, not arrived.
    """
    return step.kind is StepKind.ESCALATE and bool(clock.promise.ladder) and step.to_level <= clock.level


def levels_from(clock: Clock, step: Step) -> list[int]:
    """
    Answer the levels that the step may be handed to, the next one first; none of other steps.

    What its holder is told goes to the next level only where no step of the clock tells that anyhow.
    """
    climbs = any(one.kind is StepKind.ESCALATE for one in clock.steps)
    if step.kind in _OF_THE_HOLDER and not climbs and not clock.promise.silent:
        return list(range(FIRST_LEVEL, TOP_LEVEL + 1))
    if step.kind is not StepKind.ESCALATE:
        return []
    return sorted({one.to_level for one in clock.steps if one.to_level >= step.to_level})


def skip_vacant_levels(clock: Clock, step: Step, held: Collection[int]) -> Clock:
    """
    Note in the clock's step the next level that somebody holds; where nobody holds any, its own.

    `held` are the levels that somebody holds now.
    """
    told = next((level for level in levels_from(clock, step) if level in held), step.to_level)
    if told == step.to_level:
        return clock
    return replace(clock, steps=tuple(replace(one, told=told) if one == step else one for one in clock.steps))
