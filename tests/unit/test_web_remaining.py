"""Remaining time, in the promise's own unit: Monday to Friday from 8:00 to 17:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.model import Promise
from hub.operations.clocks.due_words import time_left
from hub.operations.clocks.schemas import TimeLeft
from hub.policy import load_policy

POLICY = load_policy()
BOGOTA = ZoneInfo("America/Bogota")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


@pytest.mark.parametrize(
    ("clock", "now", "due", "left"),
    [
        # Friday 16:00 to Monday 10:00: one hour and two.
        (
            "first_reply",
            "2026-03-13T16:00",
            "2026-03-16T10:00",
            TimeLeft(amount=3 * 3600, unit="business_seconds"),
        ),
        # Closed all the way: nothing is left although the night is long.
        ("first_reply", "2026-03-13T18:00", "2026-03-16T08:00", TimeLeft(amount=0, unit="business_seconds")),
        # Lateness counts all hours, also at night.
        ("first_reply", "2026-03-13T17:20", "2026-03-13T17:00", TimeLeft(amount=-1200, unit="seconds")),
        # A term of days ends at 24:00 of its last day, here Tuesday; Monday 23 March is a holiday.
        ("legal_term", "2026-03-20T09:00", "2026-03-25T00:00", TimeLeft(amount=1, unit="business_days")),
        ("legal_term", "2026-03-24T09:00", "2026-03-25T00:00", TimeLeft(amount=0, unit="business_days")),
        # Emergencies run at any hour.
        ("emergency_ack", "2026-03-14T02:00", "2026-03-14T02:05", TimeLeft(amount=300, unit="seconds")),
    ],
)
def test_time_left_is_counted_as_the_promise_runs(clock: str, now: str, due: str, left: TimeLeft) -> None:
    promise = POLICY.clocks[clock].promise_for({}, POLICY.calendar_rules.mode)

    assert time_left(promise, at(due), at(now), POLICY.calendar) == left


def test_stored_promise_counts_and_not_the_current_policy() -> None:
    in_hours = Promise(target=timedelta(hours=9))
    friday, monday = at("2026-03-13T16:00"), at("2026-03-16T10:00")

    assert TimeLeft(amount=3 * 3600, unit="business_seconds") == time_left(
        in_hours, monday, friday, POLICY.calendar
    )
    assert TimeLeft(amount=66 * 3600, unit="seconds") == time_left(
        replace(in_hours, any_hour=True), monday, friday, POLICY.calendar
    )
