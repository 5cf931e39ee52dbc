"""What a clock has already done, given to what its case says of it now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub.model import FIRST_LEVEL, NOBODY, Clock, ClockState, Promise, StepKind
from hub.policy import Policy
from hub.sla.lead_check import happens
from hub.sla.resolution import closed, drop_pending
from hub.sla.schedule import schedule


def reconcile(replayed: Iterable[Clock], standing: Iterable[Clock], policy: Policy) -> list[Clock]:
    """
    Give the replayed clocks of a case what the stored ones have done.

    A start that arrives late and is earlier takes the place of the one that was known: the clock of
    that one never was, and must not go on.
    """
    stored = {clock.id: clock for clock in standing}
    merged = [merge(clock, stored.pop(clock.id, None), policy) for clock in replayed]
    return [*merged, *(_never_was(clock) for clock in stored.values())]


def _never_was(clock: Clock) -> Clock:
    return drop_pending(replace(clock, state=ClockState.CANCELLED, ended_at=clock.started_at))


def merge(replayed: Clock, stored: Clock | None, policy: Policy) -> Clock:
    """
    Give a replayed clock what the stored one has already done.

    What was promised stays as it was when the clock was first stored; hours and holidays are today's.
    """
    if stored is None:
        # What came with its end has called nobody; what was imported has done what is past.
        return replayed if replayed.ended_at is None else drop_pending(replayed)
    # Mostly the policy is the one of the start: what is laid out already need not be laid out twice.
    fresh = replayed if replayed.promise == stored.promise else _promised(replayed, stored.promise, policy)
    merged = with_progress(after_done(judged(fresh), stored), stored.fired)
    return drop_pending(merged) if _is_over(merged, stored) else closed(merged)


def _is_over(merged: Clock, stored: Clock) -> bool:
    """
    Tell whether it had ended and had nothing left to say: then it has nothing to say later either.

    What was imported, or ended before an end was told, would else be told with the next news of its case.
    One that an earlier start had replaced ended where it began: if it comes back, it may have called people.
    """
    ended = merged.ended_at is not None and stored.ended_at not in (None, stored.started_at)
    return ended and stored.fired >= len(stored.steps)


def _promised(clock: Clock, promise: Promise, policy: Policy) -> Clock:
    return schedule(replace(clock, promise=promise), policy.calendar, policy.calendar_version)


def reschedule(clock: Clock, policy: Policy) -> Clock:
    """Lay a clock out by the hours and holidays of today; what was done stays first, as it was done."""
    return merge(_promised(clock, clock.promise, policy), clock, policy)


def after_done(clock: Clock, stored: Clock) -> Clock:
    """Put the steps that were done first, as they were done; what is to come follows by its instants."""
    done = stored.steps[: stored.fired]
    told = {step.key for step in done}
    return replace(clock, steps=(*done, *(step for step in clock.steps if step.key not in told)))


def judged(clock: Clock) -> Clock:
    """Judge an end: met ⇔ at or before due, a comparison of instants; a late end stays breached."""
    if clock.ended_at is None or clock.state is ClockState.CANCELLED:
        return clock
    return replace(clock, state=ClockState.MET if clock.ended_at <= clock.due_at else ClockState.BREACHED)


def skip_past(clock: Clock, now: datetime) -> Clock:
    """
    Count the steps that are past as done: who imports history quietly wants no alarm of it.

    What is still to come of it is a promise like any other. What was announced in time is left to its check,
    which finds nothing that has not left; what was announced too late is over once it has happened.
    """
    if clock.promise.checked and clock.started_at <= clock.due_at:
        return clock
    return with_progress(clock, sum(step.at <= now and not happens(step) for step in clock.steps))


def with_progress(clock: Clock, fired: int) -> Clock:
    """Set how many steps were done, and what follows from it: state and level."""
    done = clock.steps[:fired]
    levels = [step.told_level for step in done if step.kind is StepKind.ESCALATE]
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
