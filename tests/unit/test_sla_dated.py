"""Promises that are due on a day, a lead time before it, or on a day that the event names."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import sla
from hub.business_time.dates import CalendarDays, ahead_of, day_end, last_instant
from hub.catalog import BY_NAME
from hub.errors import InvalidPolicy
from hub.model import Clock, ClockHistory, ClockState, Event, Pause, StepKind
from hub.policy.clocks import Alerts, ClockPolicy
from tests.unit.clock_factory import instants, scheduled
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local
from tests.unit.hub_in_memory import memory_hub

BY_DAY: Final = ClockPolicy(until="due_on", warn=CalendarDays(3))
OUTAGE: Final = ClockPolicy(target=24 * HOUR, until="expected_end", any_hour=True)
CONVOCATION: Final = ClockPolicy(until="starts_at", lead=CalendarDays(15), warn=CalendarDays(20))
NOTICE: Final = ClockPolicy(until="starts_at", lead=72 * HOUR)
ASSEMBLIES: Final = [
    load
    for load in json.loads((Path(__file__).parent.parent / "vectors/legal_day_terms.json").read_text())[
        "assembly"
    ]
    if "latest_convocation" in load
]


def test_dated_promise_is_due_at_the_end_of_its_day_and_warns_before() -> None:
    clock = scheduled(BY_DAY, MONDAY, policy=POLICY, data={"due_on": "2026-03-20"})

    assert clock.due_at == local("2026-03-21 00:00")
    assert instants(clock, StepKind.AT_RISK) == [local("2026-03-17 00:00")]
    assert instants(clock, StepKind.BREACH) == [clock.due_at]


def test_promised_instant_is_due_to_the_minute() -> None:
    clock = scheduled(OUTAGE, MONDAY, policy=POLICY, data={"expected_end": "2026-03-09T18:30:00-05:00"})

    assert clock.due_at == local("2026-03-09 18:30")


def test_event_without_a_day_gets_the_target() -> None:
    clock = scheduled(OUTAGE, MONDAY, policy=POLICY, data={})

    assert clock.due_at == MONDAY + 24 * HOUR


def test_late_promise_warns_at_once_and_overdue_promise_only_breaches() -> None:
    late = scheduled(BY_DAY, MONDAY, policy=POLICY, data={"due_on": "2026-03-10"})
    too_late = scheduled(BY_DAY, MONDAY, policy=POLICY, data={"due_on": "2026-03-08"})

    assert instants(late, StepKind.AT_RISK) == [MONDAY]
    assert instants(too_late, StepKind.AT_RISK, StepKind.BREACH) == [local("2026-03-09 00:00")]


@pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda row: str(row["meeting"]))
def test_fifteen_full_days_lie_between_the_last_day_of_a_call_and_the_assembly(
    assembly: dict[str, str],
) -> None:
    meets = f"{assembly['meeting']}T18:00:00-05:00"
    clock = scheduled(CONVOCATION, local("2026-01-05 09:00"), policy=POLICY, data={"starts_at": meets})
    last_day = local(f"{assembly['latest_convocation']} 00:00")

    assert clock.due_at == last_day + timedelta(days=1)
    # The letters leave by D-16; D-20 is four days before.
    assert instants(clock, StepKind.AT_RISK) == [last_day - timedelta(days=4)]


def test_works_need_notice_seventy_two_hours_before_to_the_minute() -> None:
    clock = scheduled(NOTICE, MONDAY, policy=POLICY, data={"starts_at": "2026-03-16T07:30:00-05:00"})

    assert clock.due_at == local("2026-03-13 07:30")
    assert instants(clock, StepKind.AT_RISK) == []


def test_pause_moves_a_dated_promise_to_the_end_of_a_later_day() -> None:
    waited = ClockHistory(pauses=(Pause(since=local("2026-03-10 09:00"), until=local("2026-03-12 15:00")),))
    clock = scheduled(BY_DAY, MONDAY, policy=POLICY, data={"due_on": "2026-03-20"}, course=waited)

    # Two days and six hours: the third day has begun, and counts to its end.
    assert clock.due_at == local("2026-03-24 00:00")


@given(
    hours=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 100)), max_size=4),
    day=st.dates(min_value=MONDAY.date(), max_value=local("2026-12-31 00:00").date()),
)
def test_a_pause_only_moves_a_date_later(hours: list[tuple[int, int]], day: object) -> None:
    pauses: list[Pause] = []
    start = MONDAY
    for wait, long in hours:
        since = start + wait * HOUR
        start = since + long * HOUR
        pauses.append(Pause(since=since, until=start))
    plain = scheduled(BY_DAY, MONDAY, policy=POLICY, data={"due_on": str(day)})
    moved = scheduled(
        BY_DAY, MONDAY, policy=POLICY, data={"due_on": str(day)}, course=ClockHistory(pauses=tuple(pauses))
    )

    assert moved.due_at >= plain.due_at
    assert moved.due_at == day_end(moved.due_at)


def test_dates_and_instants_are_read_in_local_time() -> None:
    assert local("2026-03-21 00:00") == last_instant("2026-03-20")
    assert local("2026-03-20 09:00") == last_instant("2026-03-20T09:00:00-05:00")
    assert local("2026-03-17 00:00") == ahead_of("2026-03-20T09:00:00-05:00", CalendarDays(3))
    assert local("2026-03-17 09:00") == ahead_of("2026-03-20T09:00:00-05:00", 72 * HOUR)
    # 02:00 in London is the evening before in Bogotá.
    assert local("2026-03-16 00:00") == ahead_of("2026-03-20T02:00:00Z", CalendarDays(3))


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ({}, "a promise needs a target, or until"),
        ({"target": HOUR, "warn": CalendarDays(3)}, "lead and warn need until"),
        ({"target": HOUR, "lead": HOUR}, "lead and warn need until"),
        ({"target": HOUR, "until": "due_on", "ladder": (HOUR,)}, "a dated promise has no ladder"),
        ({"target": HOUR, "until": "due_on", "extension": HOUR}, "a dated promise is not extended"),
        (
            {"until": "starts_at", "lead": CalendarDays(15), "warn": 360 * HOUR},
            "warn must be longer than lead",
        ),
        ({"target": HOUR, "alerts": Alerts(at_risk=3, breach=3)}, "must be a level above"),
        ({"target": HOUR, "ladder": (HOUR,), "alerts": Alerts(breach=3)}, "has no alerts"),
    ],
)
def test_impossible_promise_is_refused(rules: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidPolicy, match=complaint):
        ClockPolicy(**rules)


REPORT = {"engagement_id": "e-1", "due_on": "2026-03-20"}
FEE = {"unit_id": "u-1", "due_on": "2026-03-20"}
DUE = local("2026-03-21 00:00")


def after(*happened: Event) -> Clock:
    case = "engagement_id:e-1" if happened[0].name.startswith("accounting.") else "unit_id:u-1"
    [clock] = sla.replay(case, happened, BY_NAME, POLICY)
    return clock


def accounting(name: str, at: str) -> Event:
    return event(f"accounting.{name}", {"engagement_id": "e-1"}, at=local(at))


def promised() -> Event:
    return event("accounting.delivery.committed", REPORT)


def test_report_is_due_at_the_end_of_its_day_with_a_warning_three_days_before() -> None:
    clock = after(promised())

    assert ("accounting_delivery", DUE) == (clock.name, clock.due_at)
    assert [local("2026-03-17 00:00")] == instants(clock, StepKind.AT_RISK)


@pytest.mark.parametrize(
    ("delivered", "state"),
    [("2026-03-20 23:59", ClockState.MET), ("2026-03-21 00:01", ClockState.BREACHED)],
)
def test_report_delivered_on_its_day_meets_the_promise(delivered: str, state: ClockState) -> None:
    assert state is after(promised(), accounting("report.delivered", delivered)).state


def test_days_of_waiting_for_the_client_do_not_count() -> None:
    asked = accounting("documents.requested", "2026-03-10 09:00")
    waiting = after(promised(), asked)
    clock = after(promised(), asked, accounting("documents.received", "2026-03-12 09:00"))

    assert waiting.next_at is None
    assert local("2026-03-23 00:00") == clock.due_at


def test_dunning_clock_notifies_nobody() -> None:
    clock = after(event("admin.invoice.issued", FEE))

    assert ("dunning", DUE, True) == (clock.name, clock.due_at, clock.promise.silent)


@pytest.mark.parametrize("paid", ["2026-03-10 09:00", "2026-03-25 09:00"])
def test_a_payment_ends_the_dunning_of_its_unit(paid: str) -> None:
    clock = after(
        event("admin.invoice.issued", FEE),
        event("admin.payment.received", {"unit_id": "u-1"}, at=local(paid)),
    )

    assert local(paid) == clock.ended_at


async def test_a_payment_of_another_unit_ends_nothing() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(event("admin.invoice.issued", FEE), event("admin.payment.received", {"unit_id": "u-2"}))

    assert [ClockState.OPEN] == hub.states("dunning")


@pytest.mark.parametrize(
    ("name", "field", "day"),
    [
        ("admin.invoice.issued", "due_on", "9999-12-31"),
        ("quality.audit.finding", "action_due_on", "0001-01-02"),
        ("pqrs.term_extended", "new_due_on", "9999-12-31"),
    ],
)
async def test_day_beyond_all_calendars_is_rejected_with_a_reason(name: str, field: str, day: str) -> None:
    hub = memory_hub()
    await hub.take_in(event(name, {field: day}))

    [letter] = hub.letters
    assert (f"data.{field}", True) == (letter.letter.field, "from 1900 to 9998" in letter.letter.reason)
