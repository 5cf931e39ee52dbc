"""
Clocks: `replay` folds the events of a case into its clocks; `steps_of` says what each will do, and when.

Pure. A late, early or duplicate event, a stop that arrives after the breach: all are the same fold
over the case's events in the order of their CloudEvents time, so that the order of arrival never
matters. Events that the hub emits itself move no clock, but for what people write to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.identity import clock_id, event_key
from hub.model import (
    HUB_SOURCE,
    TYPE_PREFIX,
    TYPE_SUFFIX,
    Clock,
    ClockMove,
    ClockState,
    Event,
    EventType,
    Json,
    Move,
    Step,
)
from hub.policy import Policy

FIRST_LEVEL: Final = 1

ESCALATES: Final[Mapping[str, str]] = {"first_reply": "pqrs.escalated"}
"""The clocks that climb a ladder, and the event that tells the next level."""

CONTEXT: Final = (
    "pqrs_id",
    "radicado",
    "request_id",
    "emergency_id",
    "subject",
    "category",
    "kind",
    "priority",
    "copropiedad_id",
    "unit_id",
    "service_area",
)
"""What a clock keeps of its opening event, so that its own events can say what they are about."""


def moves_of(kind: EventType, event: Event) -> list[ClockMove]:
    """
    Answer what the event does to the clocks of its case.

    What the hub itself says is no news of a case; only what people write to it comes in its name.
    """
    if event.source == HUB_SOURCE and not kind.hub_emitted:
        return []
    return [
        move
        for move in kind.clocks
        if all(str(event.data.get(key)) == value for key, value in move.when.items())
    ]


def replay(
    case: str, events: Iterable[Event], catalog: Mapping[str, EventType], policy: Policy
) -> list[Clock]:
    """
    Fold all events of a case into its clocks, sorted by (time, id, source).

    A second start while a clock runs changes nothing; a start after its end is a new clock. An event
    of a type that this hub does not know (any more, or not yet) moves nothing.
    """
    running: dict[str, Clock] = {}
    ended: list[Clock] = []
    known = (event for event in events if event.name in catalog)
    for event in sorted(known, key=lambda event: (event.time, event.id, event.source)):
        for move in moves_of(catalog[event.name], event):
            clock = running.get(move.clock)
            if move.move is Move.START and clock is None:
                running[move.clock] = _start(case, move.clock, event, policy)
            elif move.move is not Move.START and clock is not None:
                ended.append(_end(running.pop(move.clock), move.move, event.time))
    return [*ended, *running.values()]


def reconcile(replayed: Iterable[Clock], standing: Iterable[Clock]) -> list[Clock]:
    """
    Give the replayed clocks of a case what the stored ones have done.

    A start that arrives late and is earlier takes the place of the one that was known: the clock of
    that one never was, and must not go on.
    """
    stored = {clock.id: clock for clock in standing}
    merged = [merge(clock, stored.pop(clock.id, None)) for clock in replayed]
    return [*merged, *(_never_was(clock) for clock in stored.values())]


def _never_was(clock: Clock) -> Clock:
    return replace(clock, state=ClockState.CANCELLED, ended_at=clock.started_at)


def merge(replayed: Clock, stored: Clock | None) -> Clock:
    """
    Give a replayed clock what the stored one has already done.

    Its ladder stays the snapshot taken when it was first stored: a new policy is for new clocks.
    """
    if stored is None:
        return replayed
    clock = replace(replayed, steps=stored.steps, due_at=stored.due_at)
    if clock.ended_at is not None and clock.state is not ClockState.CANCELLED:
        clock = replace(clock, state=_verdict(clock.ended_at, clock.due_at))
    return with_fired(clock, stored.fired)


def passed_over(clock: Clock, now: datetime) -> Clock:
    """
    Count the steps that are past as done: who imports history quietly wants no alarm of it.

    What is still to come of it is a promise like any other.
    """
    return with_fired(clock, sum(step.at <= now for step in clock.steps))


def with_fired(clock: Clock, fired: int) -> Clock:
    """Set how many steps were done, and what follows from it: state and level."""
    done = clock.steps[:fired]
    levels = [step.to_level for step in done if step.kind == "escalate"]
    return replace(
        clock,
        fired=fired,
        level=max(levels, default=FIRST_LEVEL),
        state=_state(clock, {step.kind for step in done}),
    )


def _state(clock: Clock, done: set[str]) -> ClockState:
    if clock.ended_at is not None:
        return clock.state
    if "breach" in done:
        return ClockState.BREACHED
    return ClockState.AT_RISK if "at_risk" in done else ClockState.OPEN


def _start(case: str, name: str, event: Event, policy: Policy) -> Clock:
    steps, due_at = steps_of(name, event.time, event.data, policy)
    return Clock(
        id=clock_id(case, name, event),
        case=case,
        name=name,
        state=ClockState.OPEN,
        started_at=event.time,
        due_at=due_at,
        level=FIRST_LEVEL,
        steps=steps,
        opened_by=event_key(event),
        context={key: event.data[key] for key in CONTEXT if event.data.get(key) is not None},
    )


def _end(clock: Clock, move: Move, at: datetime) -> Clock:
    if move is Move.CANCEL:
        return replace(clock, ended_at=at, state=ClockState.CANCELLED)
    return replace(clock, ended_at=at, state=_verdict(at, clock.due_at))


def _verdict(ended_at: datetime, due_at: datetime) -> ClockState:
    """Judge: met ⇔ stopped at or before due, a comparison of instants; a late end stays breached."""
    return ClockState.MET if ended_at <= due_at else ClockState.BREACHED


def steps_of(
    name: str, started_at: datetime, data: Mapping[str, Json], policy: Policy
) -> tuple[tuple[Step, ...], datetime]:
    """
    Lay out what a clock does and when, and its due instant.

    The steps of a ladder fall at cumulative business time from the start, never from a late firing.
    """
    rules = policy.clocks[name]
    target = rules.target_for(data)
    due_at = policy.due(rules, started_at, target)
    steps = [Step(kind="breach", at=due_at, from_level=FIRST_LEVEL, to_level=FIRST_LEVEL)]
    at_risk = policy.at_risk(rules, started_at, target)
    if rules.at_risk is not None and at_risk is not None:
        percent = round(100 * rules.at_risk)
        warning = Step(
            kind="at_risk", at=at_risk, from_level=FIRST_LEVEL, to_level=FIRST_LEVEL, percent=percent
        )
        steps.insert(0, warning)
    if name in ESCALATES:
        steps += _ladder(policy.ladder(rules, started_at))
    return tuple(steps), due_at


def _ladder(instants: Sequence[datetime]) -> list[Step]:
    """Make the steps of a ladder: each hands over to the next level, the last reminds the top."""
    top = len(instants)
    climbs = [
        Step(kind="escalate", at=at, from_level=level, to_level=level + 1)
        for level, at in enumerate(instants[:-1], start=FIRST_LEVEL)
    ]
    return [*climbs, *(Step(kind="remind", at=at, from_level=top, to_level=top) for at in instants[-1:])]


def step_event(clock: Clock, step: Step, *, now: datetime) -> Event:
    """Make the event of a step. Its id is made from the clock and the step: a repeat is a duplicate."""
    name = _NAMES.get(step.kind) or ESCALATES[clock.name]
    return Event(
        id=f"{clock.id}:{step.kind}:{step.to_level}",
        source=HUB_SOURCE,
        type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
        time=now,
        data={**clock.context, **_DATA[step.kind](clock, step)},
    )


_NAMES: Final = {"at_risk": "sla.at_risk", "breach": "sla.breached"}


def _clock_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {
        "clock_id": str(clock.id),
        "clock": clock.name,
        "case": clock.case,
        "subject": _subject(clock),
        "kind": clock.name,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "level": step.from_level,
    }


def _subject(clock: Clock) -> str:
    return str(clock.context.get("radicado") or clock.case.partition(":")[2])


def _at_risk_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**_clock_data(clock, step), "percent": step.percent}


def _breach_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**_clock_data(clock, step), "breached_at": step.at.isoformat()}


def _escalation_data(clock: Clock, step: Step) -> dict[str, Json]:
    # A conversation that is no PQRS has no radicado: its own name stands for it.
    return {
        "pqrs_id": clock.context.get("pqrs_id") or clock.case.partition(":")[2],
        "radicado": _subject(clock),
        "clock_id": str(clock.id),
        "from_level": step.from_level,
        "to_level": step.to_level,
        "cause": "reminder" if step.kind == "remind" else "unanswered",
        "due_at": clock.due_at.isoformat(),
    }


_DATA: Final = {
    "at_risk": _at_risk_data,
    "breach": _breach_data,
    "escalate": _escalation_data,
    "remind": _escalation_data,
}
