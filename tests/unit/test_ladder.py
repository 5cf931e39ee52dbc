"""The steps of a clock, their instants, and their events."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec import structs

from hub import sla
from hub.catalog import BY_NAME, CATALOG
from hub.model import HUB_SOURCE, Clock, ClockState, Json, Move, Step, StepKind
from hub.policy.clocks import ClockPolicy
from tests.for_each import for_each
from tests.unit.clock_factory import scheduled
from tests.unit.factories import HOUR, MINUTE, POLICY, SCHEMAS, event, local
from tests.unit.test_templates import TEMPLATES, context

STARTS = [
    (kind.name, move.clock, number)
    for kind in CATALOG
    for move in kind.clocks
    if move.move in {Move.START, Move.CHECK}
    for number, data in enumerate(SCHEMAS.by_name[kind.name].examples)
    if all(data[key] == value for key, value in move.when.items())
]


def started(at: datetime, name: str = "pqrs.received", clock: str = "first_reply", example: int = 0) -> Clock:
    opening = event(name, at=at, example=example)
    [found] = [c for c in sla.replay("pqrs_id:PQ-1", [opening], BY_NAME, POLICY) if c.name == clock]
    return found


def step(kind: StepKind, at: str, from_level: int = 1, to_level: int = 1) -> Step:
    percent = 80 if kind == StepKind.AT_RISK else 100
    return Step(kind=kind, at=local(at), from_level=from_level, to_level=to_level, percent=percent)


@pytest.mark.parametrize(
    ("received", "steps"),
    [
        # Holy Week: ½ h on Wednesday, nothing on Thursday and Friday, 9 h on Monday and on Tuesday.
        (
            "2026-04-01 16:30",
            (
                step(StepKind.AT_RISK, "2026-04-08 08:42"),  # 19.2 h = 18.5 + 0:42
                step(StepKind.BREACH, "2026-04-08 13:30"),  # 24 h = 18.5 + 5:30
                step(StepKind.ESCALATE, "2026-04-08 13:30", 1, 2),
                step(StepKind.ESCALATE, "2026-04-09 12:30", 2, 3),  # 32 h = 27.5 + 4:30
                step(StepKind.ESCALATE, "2026-04-10 11:30", 3, 4),  # 40 h = 36.5 + 3:30
                step(StepKind.REMIND, "2026-04-13 10:30", 4, 4),  # 48 h = 45.5 + 2:30
            ),
        ),
        # The holiday of 13 July and that of the 20th: 1 h on Friday the 10th, then Tuesday the 14th.
        (
            "2026-07-10 16:00",
            (
                step(StepKind.AT_RISK, "2026-07-16 08:12"),  # 19.2 h = 19 + 0:12
                step(StepKind.BREACH, "2026-07-16 13:00"),  # 24 h = 19 + 5
                step(StepKind.ESCALATE, "2026-07-16 13:00", 1, 2),
                step(StepKind.ESCALATE, "2026-07-17 12:00", 2, 3),  # 32 h = 28 + 4
                step(StepKind.ESCALATE, "2026-07-21 11:00", 3, 4),  # 40 h = 37 + 3, over Monday the 20th
                step(StepKind.REMIND, "2026-07-22 10:00", 4, 4),  # 48 h = 46 + 2
            ),
        ),
    ],
)
def test_the_ladder_falls_at_business_time_from_the_start(received: str, steps: tuple[Step, ...]) -> None:
    clock = started(local(received))

    assert clock.steps == steps
    assert clock.due_at == steps[1].at


@pytest.mark.parametrize(
    ("example", "at_risk", "due"),
    [
        # 15 days after Monday 9 March: at risk when the twelfth opens (10–13, 16–20, 24–26).
        (0, "2026-03-26 08:00", "2026-04-01 00:00"),
        (1, "2026-03-26 08:00", "2026-04-01 00:00"),
    ],
)
def test_legal_term_at_risk_notifies_level_3_and_its_breach_level_4(
    example: int, at_risk: str, due: str
) -> None:
    clock = started(local("2026-03-09 10:00"), clock="legal_term", example=example)

    assert clock.steps == (
        step(StepKind.AT_RISK, at_risk),
        structs.replace(step(StepKind.ESCALATE, at_risk, 1, 3), percent=80),
        step(StepKind.BREACH, due),
        step(StepKind.ESCALATE, due, 3, 4),
    )


def test_emergency_escalates_after_5_10_and_15_minutes_at_any_hour() -> None:
    clock = started(local("2026-04-05 03:00"), "emergency.declared", "emergency_ack")

    assert clock.steps == (
        step(StepKind.BREACH, "2026-04-05 03:05"),
        step(StepKind.ESCALATE, "2026-04-05 03:05", 1, 2),
        step(StepKind.ESCALATE, "2026-04-05 03:10", 2, 3),
        step(StepKind.ESCALATE, "2026-04-05 03:15", 3, 4),
    )


def test_terms_left_after_the_top_level_become_reminders() -> None:
    long = ClockPolicy(target=HOUR, ladder=(HOUR,) * 6)
    steps = scheduled(long, local("2026-03-09 08:00"), policy=POLICY).steps

    assert ["escalate:2", "escalate:3", "escalate:4", "remind:4", "remind:4:1", "remind:4:2"] == [
        step.key for step in steps if step.kind != "breach"
    ]


@pytest.mark.parametrize(
    ("fired", "state", "level"),
    [
        (0, ClockState.OPEN, 1),
        (1, ClockState.AT_RISK, 1),
        (2, ClockState.BREACHED, 1),
        (3, ClockState.BREACHED, 2),
        (4, ClockState.BREACHED, 3),
        (5, ClockState.BREACHED, 4),
        (6, ClockState.BREACHED, 4),
    ],
)
def test_state_and_level_follow_from_what_was_done(fired: int, state: ClockState, level: int) -> None:
    clock = sla.with_progress(started(local("2026-04-01 16:30")), fired)
    instants = [*(step.at for step in clock.steps), None]

    assert (clock.state, clock.level, clock.next_at) == (state, level, instants[fired])


@for_each(STARTS)
def test_every_step_of_every_clock_makes_a_valid_event(name: str, clock: str, example: int) -> None:
    standing = started(local("2026-03-09 08:05"), name, clock, example)

    for due in (step for step in standing.steps if not sla.happens(step)):
        made = sla.step_event(standing, due, now=due.at)
        SCHEMAS.check(made, now=due.at)

        assert made.source == HUB_SOURCE
        assert made.name in sla.EVENTS[due.kind]


def data_of(kind: StepKind, number: int = 0) -> dict[str, Json]:
    clock = started(local("2026-04-01 16:30"))
    chosen = [step for step in clock.steps if step.kind == kind][number]
    made: dict[str, Json] = sla.step_event(clock, chosen, now=chosen.at + HOUR).data
    return made


@pytest.mark.parametrize("clock", ["first_reply", "legal_term"])
def test_warning_has_the_percentage_of_the_promised_time(clock: str) -> None:
    # 80 % of the business hours, which is 91 % of wall time.
    standing = started(local("2026-03-09 08:05"), clock=clock)
    data = sla.step_event(standing, standing.steps[0], now=standing.steps[0].at).data

    assert data["percent"] == 80


def test_breach_has_the_level_and_the_subject() -> None:
    clock = started(local("2026-04-01 16:30"))

    assert data_of(StepKind.BREACH) == {
        **clock.context,
        "clock_id": str(clock.id),
        "clock": "first_reply",
        "case": "pqrs_id:PQ-1",
        "subject": "PQ-2026-000123",
        "matter": "Copia del acta de la asamblea de 2025",
        "kind": "first_reply",
        "started_at": "2026-04-01T21:30:00+00:00",
        "due_at": "2026-04-08T18:30:00+00:00",
        "level": 1,
        "breached_at": "2026-04-08T18:30:00+00:00",
    }


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        (StepKind.ESCALATE, 0, (1, 2, "unanswered")),
        (StepKind.ESCALATE, 1, (2, 3, "unanswered")),
        (StepKind.ESCALATE, 2, (3, 4, "unanswered")),
        (StepKind.REMIND, 0, (4, 4, "reminder")),
    ],
)
def test_escalation_names_the_next_level_and_the_last_is_a_reminder(
    kind: StepKind, number: int, expected: tuple[int, int, str]
) -> None:
    data = data_of(kind, number)

    assert (data["from_level"], data["to_level"], data["cause"]) == expected
    assert (data["pqrs_id"], data["radicado"]) == ("pqrs-2026-000123", "PQ-2026-000123")


def test_repeated_step_is_the_same_event() -> None:
    clock = started(local("2026-04-01 16:30"))
    published = [sla.step_event(clock, step, now=step.at) for step in clock.steps]
    repeated = [sla.step_event(clock, step, now=step.at + MINUTE) for step in clock.steps]

    assert [(event.source, event.id) for event in published] == [
        (event.source, event.id) for event in repeated
    ]
    assert len({event.id for event in published}) == len(clock.steps)


def test_event_of_a_late_step_has_the_current_time() -> None:
    # After an outage of a week the breach is news all the same.
    clock = started(local("2026-04-01 16:30"))
    late = local("2026-04-20 08:00")

    assert sla.step_event(clock, clock.steps[1], now=late).time == late


def test_the_steps_of_two_clocks_are_different_events() -> None:
    first, second = started(local("2026-04-01 16:30")), started(local("2026-04-01 16:31"))
    ids = {sla.step_event(clock, step, now=step.at).id for clock in (first, second) for step in clock.steps}

    assert len(ids) == 12


def test_an_emergency_is_named_by_what_and_where_and_not_by_its_id() -> None:
    clock = started(local("2026-04-05 03:00"), "emergency.declared", "emergency_ack")
    breach = next(step for step in clock.steps if step.kind is StepKind.BREACH)
    data = sla.step_event(clock, breach, now=breach.at).data
    told = TEMPLATES.render("sla.breached", "email", context("sla.breached", data), variant=None)
    words = f"{told.subject} {told.text}"

    assert str(clock.context["emergency_id"]) not in words
    assert str(clock.context["kind"]) in words
    assert str(clock.context["scope"]) in words
