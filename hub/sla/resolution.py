"""End of a clock: which steps remain, and who is notified that it is over. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.model import (
    FIRST_LEVEL,
    NOBODY,
    Clock,
    ClockHistory,
    ClockState,
    Event,
    Step,
    StepKind,
    own_event,
)
from hub.sla.events import RESOLVED, clock_facts, event_id, hours_of, matter_of

_CALLS: Final = frozenset({StepKind.BREACH, StepKind.ESCALATE, StepKind.REMIND})
"""The steps that alert somebody. A mere warning needs no notice of the end."""

_ENDS: Final = frozenset({StepKind.CHECK, StepKind.RESOLVE})

_OUTCOMES: Final = {ClockState.MET: "met", ClockState.BREACHED: "late", ClockState.CANCELLED: "cancelled"}


def ends(step: Step) -> bool:
    """Return whether this step notifies that the clock is over."""
    return step.kind is StepKind.RESOLVE


def is_passed(step: Step, course: ClockHistory) -> bool:
    """Return whether the step lay behind when the hub first knew of its clock: it calls nobody."""
    since = course.unknown_until
    return since is not None and step.at <= since and step.kind not in _ENDS


def drop_pending(clock: Clock) -> Clock:
    """Drop the steps that the clock has not done."""
    return replace(clock, steps=clock.steps[: clock.fired])


def closed(clock: Clock) -> Clock:
    """Give an ended clock its `resolve` step if it alerted anybody, and drop its other pending steps."""
    if clock.ended_at is None:
        return clock
    ended = drop_pending(clock)
    if not calls(ended):
        return ended
    last = Step(
        kind=StepKind.RESOLVE,
        at=clock.ended_at,
        from_level=FIRST_LEVEL,
        to_level=FIRST_LEVEL,
        number=_earlier_ends(ended),
    )
    return replace(ended, steps=(*ended.steps, last))


def _earlier_ends(clock: Clock) -> int:
    """
    Count the ends before this one, which gives each end an id of its own.

    An end that was notified just before its answer was lost is not among the done steps.
    """
    return max(len(clock.course.reopened), sum(step.kind is StepKind.RESOLVE for step in clock.steps))


def calls(clock: Clock) -> list[Step]:
    """Return the done steps that alerted somebody, since the last end."""
    done = clock.steps[: clock.fired]
    ends_at = (number for number, step in enumerate(done, start=1) if step.kind is StepKind.RESOLVE)
    since = max(ends_at, default=0)
    return [
        step
        for step in done[since:]
        if step.kind in _CALLS and step.told != NOBODY and not is_passed(step, clock.course)
    ]


def resolved_event(clock: Clock, step: Step, called: Collection[str], *, now: datetime) -> Event:
    """Make the event that notifies the `called` people (by reference) how the clock ended."""
    data = {
        **clock.context,
        **matter_of(clock),
        **clock_facts(clock),
        **hours_of(clock),
        "ended_at": step.at.isoformat(),
        "outcome": _OUTCOMES[clock.state],
        "called": [{"ref": ref} for ref in sorted(called)],
    }
    return own_event(RESOLVED, event_id(clock, step), data, time=now)
