"""Clocks as operators see them: due time in words, people notified, acknowledgements. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import convert, structs

from hub.business_time import WorkCalendar
from hub.model import Clock, Json, Step
from hub.model.step_messages import StepMessage, ToldByName
from hub.operations.clocks.calculation import calculation
from hub.operations.clocks.due_words import due_words, ended_words, paused_words, time_left
from hub.operations.clocks.schemas import Acknowledged, ClockExplained, ClockPause, ClockRow, ClockStep
from hub.policy.clocks import EMERGENCY_REPLY
from hub.sla.events import OF_PEOPLE


def events_of(clocks: Iterable[Clock]) -> list[str]:
    """Return the ids of the events of the fired steps of these clocks."""
    return [f"{clock.id}:{step.key}" for clock in clocks for step in clock.steps[: clock.fired]]


def clock_row(clock: Clock, told: Sequence[StepMessage], now: datetime, calendar: WorkCalendar) -> ClockRow:
    """Make a row of the list, with the messages of its steps, without names."""
    course, runs = clock.course, clock.ended_at is None and not clock.course.paused
    return ClockRow(
        id=clock.id,
        case=clock.case,
        name=clock.name,
        state=clock.state,
        started_at=clock.started_at,
        due_at=clock.due_at,
        level=clock.level,
        ended_at=clock.ended_at,
        due_local=clock.due_at.astimezone(calendar.zone),
        due_words=_words(clock, now, calendar),
        left=time_left(clock.promise, clock.due_at, now, calendar) if runs else None,
        paused=course.paused,
        told=convert(told, list[StepMessage], from_attributes=True),
        acknowledged=convert(course.acknowledged, list[Acknowledged], from_attributes=True),
        held_by=_holder(clock),
        copropiedad=clock.context.get("copropiedad_id"),
        service_area=clock.context.get("service_area"),
        radicado=clock.context.get("radicado"),
    )


def _holder(clock: Clock) -> str | None:
    """Return the person who has acknowledged the level that has the clock now."""
    taken = [ack for ack in clock.course.acknowledged if ack.level >= clock.level]
    return max(taken, key=lambda ack: ack.at).by if taken else None


def whole_clock(
    clock: Clock, told: Sequence[ToldByName], now: datetime, calendar: WorkCalendar
) -> ClockExplained:
    """Show one clock in full, with the people whom its steps have notified."""
    course = clock.course
    return ClockExplained(
        **{**structs.asdict(clock_row(clock, told, now, calendar)), "told": told},
        steps=_steps(clock),
        pauses=convert(course.pauses, list[ClockPause], from_attributes=True),
        extended_at=course.extended_at,
        reopened=list(course.reopened),
        context=_without_people(clock.context, clock.name),
        calculation=calculation(clock, calendar),
    )


def _without_people(context: Mapping[str, Json], name: str) -> dict[str, Json]:
    """Leave out fields for the staff in charge alone: names, and the words and the number of a writer."""
    hidden = OF_PEOPLE | ({"contact"} if name == EMERGENCY_REPLY else set())
    return {key: value for key, value in context.items() if key not in hidden}


def _words(clock: Clock, now: datetime, calendar: WorkCalendar) -> str:
    if clock.ended_at is not None:
        return ended_words(clock.state, clock.ended_at, now)
    if clock.course.paused:
        return paused_words(clock.course, now)
    return due_words(clock.promise, clock.due_at, now, calendar)


def _steps(clock: Clock) -> list[ClockStep]:
    """Return each step once: one that had passed may come once more."""
    last = {step.key: _step(step, done=n < clock.fired) for n, step in enumerate(clock.steps)}
    return list(last.values())


def _step(step: Step, *, done: bool) -> ClockStep:
    return ClockStep(
        key=step.key,
        kind=step.kind,
        at=step.at,
        from_level=step.from_level,
        to_level=step.to_level,
        done=done,
    )
