"""What a clock tells: one event per step, its id made from the clock and the step. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.model import Clock, Event, Json, Step, own_event

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


def step_event(clock: Clock, step: Step, *, now: datetime, quiet: bool = False) -> Event:
    """
    Make the event of a step. Its id is made from the clock and the step: a repeat is a duplicate.

    A `quiet` one is recorded, and tells nobody.
    """
    name = _NAMES.get(step.kind) or ESCALATES[clock.name]
    data = {**clock.context, **_DATA[step.kind](clock, step), **_hours(clock)}
    return own_event(name, f"{clock.id}:{step.key}", data, time=now, quiet=quiet)


def _hours(clock: Clock) -> dict[str, Json]:
    """Say that the clock runs day and night: then its staff is told at any hour."""
    return {"any_hour": True} if clock.promise.any_hour else {}


_NAMES: Final = {"at_risk": "sla.at_risk", "breach": "sla.breached"}


def _clock_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {
        "clock_id": str(clock.id),
        "clock": clock.name,
        "case": clock.case,
        "subject": subject_of(clock),
        "kind": clock.name,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "level": step.from_level,
    }


def subject_of(clock: Clock) -> str:
    """Answer by which number people know what the clock is about."""
    return str(clock.context.get("radicado") or clock.case.partition(":")[2])


def _at_risk_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**_clock_data(clock, step), "percent": step.percent}


def _breach_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**_clock_data(clock, step), "breached_at": step.at.isoformat()}


def _escalation_data(clock: Clock, step: Step) -> dict[str, Json]:
    # A conversation that is no PQRS has no radicado: its own name stands for it.
    vacant = step.vacant_levels
    return {
        **({"vacant_levels": vacant} if vacant else {}),
        "pqrs_id": clock.context.get("pqrs_id") or clock.case.partition(":")[2],
        "radicado": subject_of(clock),
        "clock_id": str(clock.id),
        "from_level": step.from_level,
        "to_level": step.told_level,
        "cause": "reminder" if step.kind == "remind" else "unanswered",
        "due_at": clock.due_at.isoformat(),
    }


_DATA: Final = {
    "at_risk": _at_risk_data,
    "breach": _breach_data,
    "escalate": _escalation_data,
    "remind": _escalation_data,
}
