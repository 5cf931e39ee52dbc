"""A clock has ended: what is left of it, and who hears that it is over. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.model import FIRST_LEVEL, NOBODY, Clock, ClockState, Event, Step, StepKind, own_event
from hub.sla.events import RESOLVED, clock_facts, event_id, hours_of

_CALLS: Final = frozenset({StepKind.BREACH, StepKind.ESCALATE, StepKind.REMIND})
"""The steps that call somebody; who was only warned needs no word when the promise is kept."""

_OUTCOMES: Final = {ClockState.MET: "met", ClockState.BREACHED: "late", ClockState.CANCELLED: "cancelled"}


def ends(step: Step) -> bool:
    """Tell whether at this step it is said that the clock is over."""
    return step.kind is StepKind.RESOLVE


def drop_pending(clock: Clock) -> Clock:
    """Leave out what a clock will not do any more."""
    return replace(clock, steps=clock.steps[: clock.fired])


def closed(clock: Clock) -> Clock:
    """Leave a clock that has ended its last step, if anybody was called: to tell those."""
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
        number=_ends_before(ended),
    )
    return replace(ended, steps=(*ended.steps, last))


def _ends_before(clock: Clock) -> int:
    """
    Number the end: each has an id of its own.

    One that was told just before its answer was lost is not among the steps that were done.
    """
    return max(len(clock.course.reopened), sum(step.kind is StepKind.RESOLVE for step in clock.steps))


def calls(clock: Clock) -> list[Step]:
    """Answer the steps that have called somebody who has not heard yet that it is over."""
    done = clock.steps[: clock.fired]
    since = max((n for n, step in enumerate(done, start=1) if step.kind is StepKind.RESOLVE), default=0)
    return [step for step in done[since:] if step.kind in _CALLS and step.told != NOBODY]


def resolved_event(clock: Clock, step: Step, called: Collection[str], *, now: datetime) -> Event:
    """Make the event that tells those who were `called` how the clock has ended."""
    data = {
        **clock.context,
        **clock_facts(clock),
        **hours_of(clock),
        "ended_at": step.at.isoformat(),
        "outcome": _OUTCOMES[clock.state],
        "called": [{"ref": ref} for ref in sorted(called)],
    }
    return own_event(RESOLVED, event_id(clock, step), data, time=now)
