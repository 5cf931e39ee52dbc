"""Reconciliation: replayed clocks take over the progress of the stored ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hub.model import FIRST_LEVEL, NOBODY, Clock, ClockState, Promise, StepKind
from hub.policy import Policy
from hub.sla.resolution import closed, drop_pending, is_passed
from hub.sla.schedule import schedule

TOO_LATE: Final = timedelta(days=1)
"""
An event that comes later than this after the last step of its clock calls nobody.

One that was late by less had to wait, for its publisher or for the hub: then its levels are called at once.
"""


def reconcile(replayed: Iterable[Clock], known: Iterable[Clock], policy: Policy) -> list[Clock]:
    """
    Give the replayed clocks of a case the progress of the stored ones.

    A start that arrives late but happened earlier replaces the known start. The clock of the replaced
    start is cancelled.
    """
    stored = {clock.id: clock for clock in known}
    merged = [merge(clock, stored.pop(clock.id, None), policy) for clock in replayed]
    return [*merged, *(_superseded(clock) for clock in stored.values())]


def _superseded(clock: Clock) -> Clock:
    return drop_pending(replace(clock, state=ClockState.CANCELLED, ended_at=clock.started_at))


def merge(replayed: Clock, stored: Clock | None, policy: Policy) -> Clock:
    """
    Give a replayed clock the progress of the stored one.

    Promise and start stay as they were when the clock was first stored; hours and holidays are today's.
    """
    if stored is None and replayed.promise.follow_up is not None:
        return replayed
    if stored is None:
        # A clock first stored with its end has notified nobody; an imported one has its past steps done.
        return replayed if replayed.ended_at is None else drop_pending(replayed)
    # Mostly the policy has not changed since the start, and the replayed schedule is already right.
    same = (replayed.promise, replayed.started_at) == (stored.promise, stored.started_at)
    fresh = replayed if same else _as_begun(replayed, stored, policy)
    merged = _after_done(with_outcome(fresh), stored)
    if merged.promise.follow_up is not None:
        return merged
    return drop_pending(merged) if _is_over(merged, stored) else closed(merged)


def _is_over(merged: Clock, stored: Clock) -> bool:
    """
    Return whether the stored clock had ended and all its steps were done: then it gets no more steps.

    Otherwise an imported clock, or one that ended before ends were notified, would notify its end with
    the next event of its case.
    A clock that an earlier start replaced ended at its start: if it comes back, it may have alerted people.
    """
    ended = merged.ended_at is not None and stored.ended_at not in (None, stored.started_at)
    return ended and stored.fired >= len(stored.steps)


def _scheduled_for(clock: Clock, promise: Promise, policy: Policy) -> Clock:
    return schedule(replace(clock, promise=promise), policy.calendar, policy.calendar_version)


def _as_begun(clock: Clock, stored: Clock, policy: Policy) -> Clock:
    start, ended_at = stored.started_at, clock.ended_at
    course = replace(clock.course, registered_at=stored.course.registered_at)
    ended_at = None if ended_at is None else max(start, ended_at)
    begun = replace(clock, started_at=start, ended_at=ended_at, course=course)
    return _scheduled_for(begun, stored.promise, policy)


def reschedule(clock: Clock, policy: Policy) -> Clock:
    """Schedule a clock by today's hours and holidays; the steps already done stay as they were."""
    return merge(_scheduled_for(clock, clock.promise, policy), clock, policy)


def _after_done(clock: Clock, stored: Clock) -> Clock:
    """
    Put the stored clock's done steps first, unchanged; the steps to come follow in time order.

    What had passed before the hub knew of the clock is asked anew: a resumed clock may have before it what
    seemed to lie behind, and nothing lies behind a paused one for good. It also stays among the done steps:
    Redis takes a clock with fewer of them for an older one.
    """
    course = replace(clock.course, unknown_until=stored.course.unknown_until)
    before = stored.steps[: stored.fired]
    done = {step.key for step in before if not is_passed(step, course)}
    left = {step.key: step for step in clock.steps if step.key not in done}
    if not course.paused:
        passed = {key: step for key, step in left.items() if is_passed(step, course)}
        before = (*(passed.pop(step.key, step) for step in before), *passed.values())
        left = {key: step for key, step in left.items() if not is_passed(step, course)}
    return with_progress(replace(clock, course=course, steps=(*before, *left.values())), len(before))


def with_outcome(clock: Clock) -> Clock:
    """Set the state of an ended clock: met ⇔ its end is at or before due, by instant; else breached."""
    if clock.ended_at is None or clock.state is ClockState.CANCELLED:
        return clock
    return replace(clock, state=ClockState.MET if clock.ended_at <= clock.due_at else ClockState.BREACHED)


def skip_past(clock: Clock, now: datetime) -> Clock:
    """
    Mark past steps as done, so that a quiet import of history raises no alarm.

    Steps still to come run as usual. A lead-time check that began in time keeps all its steps: it finds
    nothing pending. One that began too late ends when the announced date comes.
    """
    if clock.promise.checked and clock.started_at <= clock.due_at:
        return clock
    return as_history(clock, now)


def is_history(clock: Clock, now: datetime) -> bool:
    """
    Return whether a clock that has not ended began, and had its last step, more than `TOO_LATE` ago.

    A date that had passed when its event came is no history, and neither is what somebody registers today,
    however long ago it came.
    """
    if clock.ended_at is not None:
        return False
    last = max((step.at for step in clock.steps), default=clock.due_at)
    return max(clock.course.registered_at or clock.started_at, last) < now - TOO_LATE


def as_history(clock: Clock, now: datetime) -> Clock:
    """Mark past steps as done: they are shown and counted, and call nobody. Only a check still ends."""
    course = replace(clock.course, unknown_until=now)
    passed = 0 if course.paused else sum(is_passed(step, course) for step in clock.steps)
    return with_progress(replace(clock, course=course), passed)


def with_progress(clock: Clock, fired: int) -> Clock:
    """Set how many steps are done, and the state and level that follow; one that comes once more is not."""
    to_come = {step.key for step in clock.steps[fired:]}
    done = [step for step in clock.steps[:fired] if step.key not in to_come]
    levels = [step.notified_level for step in done if step.kind is StepKind.ESCALATE]
    return replace(
        clock,
        fired=fired,
        level=max(levels, default=FIRST_LEVEL),
        state=_state(clock, {step.kind for step in done if step.told != NOBODY}),
    )


def _state(clock: Clock, done: set[StepKind]) -> ClockState:
    if clock.ended_at is not None:
        return clock.state
    if StepKind.BREACH in done:
        return ClockState.BREACHED
    return ClockState.AT_RISK if StepKind.AT_RISK in done else ClockState.OPEN
