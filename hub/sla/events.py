"""What a clock tells: one event per step, its id made from the clock and the step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from hub.model import Clock, Event, Json, Step, StepKind, own_event
from hub.policy.clocks import ESCALATES

CHECKED: Final = "sla.checked"
RESOLVED: Final = "sla.resolved"
_HOLDER: Final[Mapping[StepKind, str]] = {
    StepKind.AT_RISK: "sla.at_risk",
    StepKind.BREACH: "sla.breached",
}
_CLIMBING: Final = frozenset({StepKind.ESCALATE, StepKind.REMIND})
_LEVELS: Final = frozenset(ESCALATES.values())
EVENTS: Final[Mapping[StepKind, frozenset[str]]] = {
    **{kind: frozenset({name}) for kind, name in _HOLDER.items()},
    **dict.fromkeys(_CLIMBING, _LEVELS),
    StepKind.CHECK: frozenset({CHECKED}),
    StepKind.RESOLVE: frozenset({RESOLVED}),
}
"""The events that tell a step, by its kind. Which one of several it is depends on the clock."""

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
    "severity",
    "scope",
    "contact",
    "drill",
)
"""What a clock keeps of its opening event, so that its own events can say what they are about."""


def step_event(clock: Clock, step: Step, *, now: datetime, quiet: bool = False) -> Event:
    """
    Make the event of a step. Its id is made from the clock and the step: a repeat is a duplicate.

    A `quiet` one is recorded, and tells nobody.
    """
    name = ESCALATES[clock.name] if step.kind in _CLIMBING else _HOLDER[step.kind]
    data = {**clock.context, **_TELLERS[name](clock, step), **hours_of(clock)}
    return own_event(name, event_id(clock, step), data, time=now, quiet=quiet)


def event_id(clock: Clock, step: Step) -> str:
    """Answer the id of the event that tells a step."""
    return f"{clock.id}:{step.key}"


def hours_of(clock: Clock) -> dict[str, Json]:
    """
    Say that staff is told at any hour: of a clock that runs day and night and climbs levels, an emergency.

    A package that lies too long runs day and night too, and wakes nobody (Ley 2191 de 2022).
    """
    return {"any_hour": True} if clock.promise.any_hour and clock.name in ESCALATES else {}


def clock_facts(clock: Clock) -> dict[str, Json]:
    """Say which clock it is, and of what."""
    return {
        "clock_id": str(clock.id),
        "clock": clock.name,
        "case": clock.case,
        "subject": subject_of(clock),
        "kind": clock.name,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
    }


def subject_of(clock: Clock) -> str:
    """Answer by which number people know what the clock is about."""
    return str(clock.context.get("radicado") or clock.case.partition(":")[2])


def _at_risk_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**clock_facts(clock), **_holder(step), "percent": step.percent}


def _breach_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**clock_facts(clock), **_holder(step), "breached_at": step.at.isoformat()}


def _holder(step: Step) -> dict[str, Json]:
    return {"level": step.told_level, **_vacant(step)}


def _vacant(step: Step) -> dict[str, Json]:
    return {"vacant_levels": step.vacant_levels} if step.vacant_levels else {}


def _escalation_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {
        **_vacant(step),
        "clock_id": str(clock.id),
        "clock": clock.name,
        "from_level": step.from_level,
        "to_level": step.told_level,
        "cause": _cause(clock, step),
        "due_at": clock.due_at.isoformat(),
    }


def _cause(clock: Clock, step: Step) -> str:
    if clock.promise.ladder:
        return "reminder" if step.kind is StepKind.REMIND else "unanswered"
    return "term_at_risk" if step.at < clock.due_at else "term_breached"


def _pqrs_data(clock: Clock, step: Step) -> dict[str, Json]:
    # A conversation that is no PQRS has no radicado: its own name stands for it.
    return {
        **_escalation_data(clock, step),
        "pqrs_id": clock.context.get("pqrs_id") or clock.case.partition(":")[2],
        "radicado": subject_of(clock),
    }


def _emergency_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {
        **_escalation_data(clock, step),
        "case": clock.case,
        "subject": subject_of(clock),
        "started_at": clock.started_at.isoformat(),
        "emergency_kind": clock.context.get("kind"),
    }


_DATA: Final[Mapping[str, Callable[[Clock, Step], dict[str, Json]]]] = {
    "sla.at_risk": _at_risk_data,
    "sla.breached": _breach_data,
    "pqrs.escalated": _pqrs_data,
    "emergency.escalated": _emergency_data,
}
_TELLERS: Final = {name: _DATA[name] for name in (*_HOLDER.values(), *_LEVELS)}
"""An escalation that nobody knows how to tell fails here, at load, and not when a step fires."""
