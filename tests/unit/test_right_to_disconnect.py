"""Staff is not contacted outside working hours (Ley 2191 de 2022), except people reached at any hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from msgspec import structs

from hub import sla
from hub.catalog import BY_NAME
from hub.contact_rules import next_allowed
from hub.errors import TransientFailure
from hub.messages.delivery.decisions import blocking_outcome, failed
from hub.messages.planning.cascade import next_step
from hub.messages.planning.plan import plan_audience
from hub.model import HUB_SOURCE, Claimed, ClockState, ContactFacts, Message, Person, Purpose, State
from hub.policy.clocks import SummaryPolicy
from tests.unit.factories import (
    HOUR,
    MONDAY,
    POLICY,
    RULES,
    SECOND,
    claim_of,
    email,
    event,
    local,
    member,
    message,
    mobile,
    person,
    somebody,
    stored,
)
from tests.unit.hub_in_memory import memory_hub
from tests.unit.plans import kind, only, plan

FRIDAY_EVENING = local("2026-03-13 17:00")
MONDAY_MORNING = local("2026-03-16 08:00")
WORK = kind(("email", "inbox"), purpose=Purpose.INTERNAL)
ESCALATED = BY_NAME["pqrs.escalated"]
INCIDENT = BY_NAME["privacy.incident.detected"]


def claimed(message: Message, at: datetime) -> Claimed:
    return claim_of(message, event_time=at, source=HUB_SOURCE, contact=ContactFacts(rests=message.rests))


def resting(channel: str = "email", **fields: Any) -> Message:
    return message(channel=channel, purpose=Purpose.INTERNAL, rests=True, **fields)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-09 07:59:59", "2026-03-09 08:00"),
        ("2026-03-09 08:00", "2026-03-09 08:00"),
        ("2026-03-09 16:59:59", "2026-03-09 16:59:59"),
        ("2026-03-09 17:00", "2026-03-10 08:00"),  # 17:00:00 is outside
        ("2026-03-13 17:00", "2026-03-16 08:00"),  # over a weekend
        ("2026-03-20 20:00", "2026-03-24 08:00"),  # over a weekend with its Monday holiday
        ("2026-04-01 17:30", "2026-04-06 08:00"),  # from Holy Wednesday to Easter Monday
        ("2026-04-04 10:00", "2026-04-06 08:00"),  # Holy Saturday is neither a holiday nor a working day
        ("2026-07-10 18:00", "2026-07-14 08:00"),  # 13 July is the holiday of Ley 2578
    ],
)
def test_staff_gets_messages_in_working_hours(at: str, expected: str) -> None:
    assert next_allowed(Purpose.INTERNAL, local(at), policy=POLICY, rests=True) == local(expected)


def test_message_to_staff_is_held_over_the_weekend_without_expiring() -> None:
    message = only(
        [message for message in plan(WORK, person(email()), trigger=friday()) if message.channel == "email"]
    )
    outcome = blocking_outcome(claimed(message, FRIDAY_EVENING), policy=POLICY, now=FRIDAY_EVENING)

    assert outcome is not None
    assert (outcome.state, outcome.reason, outcome.next_at) == (State.HELD, "working_hours", MONDAY_MORNING)
    assert (message.expires_at, outcome.expires_at) == (MONDAY_MORNING + 72 * HOUR,) * 2


def friday(**fields: Any) -> Any:
    return event("pqrs.received", at=FRIDAY_EVENING, **fields)


def test_a_retry_that_falls_after_hours_waits_for_the_morning() -> None:
    """Sent at 16:59:50 and deferred, it is retried at 17:00: then the hours are checked again."""
    end = local("2026-03-09 17:00")
    message = resting(expires_at=MONDAY + 72 * HOUR)
    now = end - 10 * SECOND
    assert blocking_outcome(claimed(message, MONDAY), policy=POLICY, now=now) is None

    deferred = failed(
        claimed(message, MONDAY), TransientFailure("busy"), now, now, policy=POLICY, chance=0.5
    ).next_at
    assert deferred is not None
    assert deferred >= end
    outcome = blocking_outcome(claimed(message, MONDAY), policy=POLICY, now=deferred)

    assert outcome is not None
    morning = local("2026-03-10 08:00")
    assert (outcome.next_at, outcome.expires_at) == (morning, MONDAY + 72 * HOUR + (morning - deferred))


def test_inbox_message_does_not_wait_for_working_hours() -> None:
    assert blocking_outcome(claimed(resting("inbox"), MONDAY), policy=POLICY, now=FRIDAY_EVENING) is None


def test_step_after_the_inbox_waits_for_working_hours() -> None:
    steps = kind(("inbox",), ("email",), purpose=Purpose.INTERNAL)
    message = only(plan(steps, person(email()), trigger=friday()))
    [after] = next_step(structs.replace(message, state=State.FAILED), now=FRIDAY_EVENING)
    outcome = blocking_outcome(claimed(after, FRIDAY_EVENING), policy=POLICY, now=FRIDAY_EVENING)

    assert ("email", MONDAY_MORNING) == (after.channel, outcome and outcome.next_at)


def test_data_incident_ignores_the_working_hours_of_its_handlers() -> None:
    detected = stored(event("privacy.incident.detected", at=FRIDAY_EVENING))
    rests = [
        {
            message.rests
            for message in plan_audience(
                detected, INCIDENT, number, [person(email())], rules=RULES, now=MONDAY
            )
        }
        for number, _ in enumerate(INCIDENT.audiences)
    ]

    assert [{False}, {True}] == rests


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.INTERNAL])
def test_only_internal_messages_wait_for_working_hours(purpose: Purpose) -> None:
    event_type = kind(("email",), purpose=purpose)

    assert [False] == [message.rests for message in plan(event_type, person(email()), trigger=friday())]


@pytest.mark.parametrize(
    ("who", "rests"),
    [(person(email()), True), (person(email(), any_hour=True), False), (person(email(), known=False), True)],
    ids=["staff", "on call, direction, on shift", "somebody the directory does not know"],
)
def test_only_flagged_staff_are_reached_at_any_hour(who: Person, *, rests: bool) -> None:
    event_type = kind(("email",), purpose=Purpose.INTERNAL)

    assert [rests] == [message.rests for message in plan(event_type, who, trigger=friday())]


@pytest.mark.parametrize(
    ("source", "any_hour", "rests"),
    [(HUB_SOURCE, True, False), (HUB_SOURCE, False, True), ("urn:crm", True, True)],
)
def test_clock_of_any_hour_notifies_at_once(source: str, *, any_hour: bool, rests: bool) -> None:
    escalation = event("pqrs.escalated", {"any_hour": any_hour}, at=FRIDAY_EVENING, source=source)
    messages = plan_audience(
        stored(escalation), ESCALATED, 0, [person(email())], rules=RULES, now=FRIDAY_EVENING
    )

    assert {rests} == {event.rests for event in messages}


def test_incident_of_the_hub_is_notified_at_any_hour() -> None:
    incidents = [
        audience
        for name in ("hub.trouble.began", "hub.trouble.ended")
        for audience in BY_NAME[name].audiences
    ]

    assert [True, True] == [audience.any_hour for audience in incidents]


def test_message_missed_over_holidays_is_still_sent_when_they_end() -> None:
    """A message of Holy Wednesday, sent on Easter Monday at 7:00: 109 hours old, and not expired."""
    petition = event("pqrs.received", at=local("2026-04-01 18:00"))
    work = kind(("email",), purpose=Purpose.INTERNAL)

    assert (
        State.QUEUED
        is only(plan(work, person(email()), trigger=petition, now=local("2026-04-06 07:00"))).state
    )


async def test_weekend_escalation_reaches_level_on_monday_and_direction_at_once() -> None:
    """The clock does not move; only the delivery of its messages does."""
    hub = memory_hub(FRIDAY_EVENING)
    await hub.take_in(
        somebody("p-lead", email("lead@example.com"), mobile()),
        member("p-lead", "company", "staff", level=2),
        somebody("p-head", email("head@example.com")),
        member("p-head", "company", "staff", level=2, direction=True),
    )
    escalated = event("pqrs.escalated", {"to_level": 2}, at=FRIDAY_EVENING, source=HUB_SOURCE)
    await hub.take_in(escalated)

    assert {("p-lead", True), ("p-head", False)} == {
        (message.person, message.rests)
        for message in hub.of(escalated)
        if message.channel == "email" and message.person != "p-maria"
    }


@pytest.mark.parametrize(
    ("opening", "at_any_hour"),
    [
        ("emergency.declared", True),
        ("concierge.package.received", False),
        ("building.outage.reported", False),
    ],
)
def test_only_an_emergency_clock_wakes_staff_at_night(opening: str, *, at_any_hour: bool) -> None:
    clock = next(iter(sla.replay("case:1", [event(opening)], BY_NAME, POLICY)))
    digest, *_ = sla.digests(
        [clock], policy=SummaryPolicy(more_than=0, late=HOUR), now=clock.due_at + 2 * HOUR
    )
    events = [
        sla.step_event(clock, clock.steps[0], now=clock.due_at),
        sla.resolved_event(
            replace(clock, state=ClockState.BREACHED), clock.steps[0], {"p-1"}, now=clock.due_at
        ),
        sla.summary_event(digest, [digest.level], now=clock.due_at),
    ]

    assert clock.promise.any_hour
    assert 3 * [at_any_hour] == ["any_hour" in event.data for event in events]
