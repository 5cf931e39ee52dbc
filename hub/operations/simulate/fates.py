"""What became of a clock in a period, and what it would have told until its end. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model import Clock, ClockState, Step
from hub.model.promises import Period


class PromiseOutcome(StrEnum):
    """How a promise stood at the end of the period."""

    KEPT = "met"
    BROKEN = "breached"
    """Due in the period, and not kept by then; whether answered later or not at all."""
    EARLIER = "breached_before"
    """Broken before the period: no news in it."""
    RUNNING = "open"
    """Not due yet, or standing still."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a clock came to in the period. `told` are its steps that came in it, before the clock's end."""

    clock: Clock
    outcome: PromiseOutcome
    told: tuple[Step, ...]


def fate_of(clock: Clock, period: Period) -> Fate | None:
    """Answer what became of a clock; None where it had ended before the period."""
    if clock.ended_at is not None and clock.ended_at < period.since:
        return None
    end = _end(clock, period)
    told = tuple(step for step in _tells(clock) if step.at in period and step.at < end)
    return Fate(clock=clock, outcome=_outcome(clock, period, end), told=told)


def _tells(clock: Clock) -> tuple[Step, ...]:
    """Answer the steps that tell; what a check finds is known only when it looks."""
    return () if clock.promise.silent or clock.promise.checked else clock.steps


def _end(clock: Clock, period: Period) -> datetime:
    """Answer from when on it told nothing any more: it had ended, stood still, or the period was over."""
    if clock.ended_at is not None:
        return clock.ended_at
    return clock.course.pauses[-1].since if clock.course.paused else period.until


def _outcome(clock: Clock, period: Period, end: datetime) -> PromiseOutcome:
    if clock.due_at < end:
        return PromiseOutcome.BROKEN if clock.due_at >= period.since else PromiseOutcome.EARLIER
    if clock.ended_at is None:
        return PromiseOutcome.RUNNING
    return PromiseOutcome.CANCELLED if clock.state is ClockState.CANCELLED else PromiseOutcome.KEPT
