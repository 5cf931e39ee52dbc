"""Events of clocks: one per step, its id made from the clock and the step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from hub.catalog import CATALOG
from hub.model import Clock, Event, Json, Step, StepKind, own_event
from hub.policy.clocks import ESCALATES

CHECKED: Final = "sla.checked"
RESOLVED: Final = "sla.resolved"
FOLLOW_UPS: Final = frozenset(follow_up.event for kind in CATALOG for follow_up in kind.follow_ups)
"""Events that follow others."""
_HOLDER: Final[Mapping[StepKind, str]] = {
    StepKind.AT_RISK: "sla.at_risk",
    StepKind.BREACH: "sla.breached",
}
_ESCALATING: Final = frozenset({StepKind.ESCALATE, StepKind.REMIND})
_LEVELS: Final = frozenset(ESCALATES.values())
EVENTS: Final[Mapping[StepKind, frozenset[str]]] = {
    **{kind: frozenset({name}) for kind, name in _HOLDER.items()},
    **dict.fromkeys(_ESCALATING, _LEVELS),
    StepKind.CHECK: frozenset({CHECKED}),
    StepKind.RESOLVE: frozenset({RESOLVED}),
    StepKind.FOLLOW_UP: FOLLOW_UPS,
}
"""Kind of step → its events; where there are several, the clock decides."""
NEWS: Final = frozenset(_HOLDER.values()) | _LEVELS
"""Events of the steps of promises: the newest of several to one person stands for all."""

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
    "emergency_kind",
    "excerpt",
    "writer",
    "unreached",
)
"""The fields that a clock copies from its opening event, for the data of its own events."""
OVERTAKEN: Final = "overtaken"
ANSWER_LOST: Final = "answer_lost"
"""The cause of an alert at once, however much of the term is left: the answer has not arrived."""
PERSON_REF: Final = "person_ref"
PERSON_NAME: Final = "person_name"
OF_PEOPLE: Final = frozenset({PERSON_NAME, "writer", "excerpt", "unreached"})
"""Fields of a clock's context that are data of people, as is the `contact` of a call for help."""
PARTIES: Final = ("petitioner", "requester", "sender", "visitor", "caller", "data_subject")
"""Parties of a case whom staff must know by name; the first one that an event names."""


def party_of(data: Mapping[str, Json]) -> dict[str, Json]:
    """Return the reference or the name of the person for whom a case was opened."""
    party: Mapping[str, Json] = {}
    for word in PARTIES:
        named = data.get(word)
        if isinstance(named, dict):
            party = named
            break
    if ref := party.get("ref") or data.get("subject_id") or data.get("person_id"):
        return {PERSON_REF: ref}
    return {PERSON_NAME: party["name"]} if party.get("name") else {}


def step_event(
    clock: Clock,
    step: Step,
    *,
    now: datetime,
    quiet: bool = False,
    person_name: str | None = None,
    overtaken: bool = False,
) -> Event:
    """
    Make the event of a step. Its id is made from the clock and the step: a repeat is a duplicate.

    A `quiet` event is recorded and notifies nobody. `person_name` is that of the case's person in the
    directory; the context has the name of anybody else. `overtaken` is true if a later step of the clock is
    due too: the case's person hears of that one only.
    """
    name = ESCALATES[clock.name] if step.kind in _ESCALATING else _HOLDER[step.kind]
    data = {**clock.context, **matter_of(clock), **_DATA_OF[name](clock, step), **hours_of(clock)}
    data |= {PERSON_NAME: person_name} if person_name else {}
    if overtaken and step.kind is StepKind.ESCALATE:
        data["cause"] = OVERTAKEN if clock.promise.ladder else "term_breached"
    return own_event(name, event_id(clock, step), data, time=now, quiet=quiet)


def event_id(clock: Clock, step: Step) -> str:
    """Return the id of the event of a step."""
    return f"{clock.id}:{step.key}"


def hours_of(clock: Clock) -> dict[str, Json]:
    """
    Return `any_hour` for a clock that runs day and night and escalates, such as an emergency.

    It notifies staff outside working hours. A package in custody runs day and night too, but does not
    escalate, and wakes nobody (Ley 2191 de 2022).
    """
    return {"any_hour": True} if clock.promise.any_hour and clock.name in ESCALATES else {}


def matter_of(clock: Clock) -> dict[str, Json]:
    """Return what the case is about in its own words; `subject` is the number of the case."""
    about = clock.context
    matter = about.get("subject") or about.get("excerpt") or _emergency_of(about)
    return {"matter": matter} if matter else {}


def _emergency_of(about: Mapping[str, Json]) -> str:
    """Return what and where an emergency is, which its id does not show."""
    if not about.get("emergency_id"):
        return ""
    kind = about.get("emergency_kind") or about.get("kind")
    return ", ".join(str(word) for word in (kind, about.get("scope")) if word)


def clock_facts(clock: Clock) -> dict[str, Json]:
    announced = clock.promise.happens_at
    return {
        **({} if announced is None else {"happens_at": announced.isoformat()}),
        "clock_id": str(clock.id),
        "clock": clock.name,
        "case": clock.case,
        "subject": subject_of(clock),
        "kind": clock.name,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
    }


def subject_of(clock: Clock) -> str:
    """Return the number by which people know the case: its radicado, else its own id."""
    return str(clock.context.get("radicado") or clock.case.partition(":")[2])


def _at_risk_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**clock_facts(clock), **_holder(step), "percent": step.percent}


def _breach_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {**clock_facts(clock), **_holder(step), "breached_at": step.at.isoformat()}


def _holder(step: Step) -> dict[str, Json]:
    return {"level": step.notified_level, **_vacant(step)}


def _vacant(step: Step) -> dict[str, Json]:
    return {"vacant_levels": step.vacant_levels} if step.vacant_levels else {}


def _escalation_data(clock: Clock, step: Step) -> dict[str, Json]:
    return {
        **_vacant(step),
        "clock_id": str(clock.id),
        "clock": clock.name,
        "from_level": step.from_level,
        "to_level": step.notified_level,
        "cause": _cause(clock, step),
        "due_at": clock.due_at.isoformat(),
    }


def _cause(clock: Clock, step: Step) -> str:
    if clock.promise.ladder:
        return "reminder" if step.kind is StepKind.REMIND else "unanswered"
    if step.number:
        return ANSWER_LOST
    return "term_at_risk" if step.at < clock.due_at else "term_breached"


def _pqrs_data(clock: Clock, step: Step) -> dict[str, Json]:
    # A conversation that is not a PQRS has no radicado: its case id stands in.
    return {
        **_escalation_data(clock, step),
        "pqrs_id": clock.context.get("pqrs_id") or clock.case.partition(":")[2],
        "radicado": subject_of(clock),
    }


def _emergency_data(clock: Clock, step: Step) -> dict[str, Json]:
    own = clock.case.partition(":")[2]
    return {
        **_escalation_data(clock, step),
        "case": clock.case,
        # Somebody may have answered a message whose emergency is not known: their conversation stands in.
        "emergency_id": clock.context.get("emergency_id") or own,
        "subject": subject_of(clock),
        "started_at": clock.started_at.isoformat(),
        "emergency_kind": clock.context.get("kind") or clock.context.get("emergency_kind"),
    }


_DATA: Final[Mapping[str, Callable[[Clock, Step], dict[str, Json]]]] = {
    "sla.at_risk": _at_risk_data,
    "sla.breached": _breach_data,
    "pqrs.escalated": _pqrs_data,
    "emergency.escalated": _emergency_data,
}
_DATA_OF: Final = {name: _DATA[name] for name in (*_HOLDER.values(), *_LEVELS)}
"""An escalation without a data function fails here, at load, not when a step fires."""
