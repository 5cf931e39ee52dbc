"""Promises that are due on a day, or a lead time before it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.business_time.dates import CalendarDays, ahead_of, day_end, last_instant
from hub.errors import InvalidPolicy
from hub.model import ClockHistory, Pause, StepKind
from hub.policy.clocks import Alerts, ClockPolicy
from tests.unit.clock_factory import instants, scheduled
from tests.unit.factories import HOUR, MONDAY, POLICY, local

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
