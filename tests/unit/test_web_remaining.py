"""How much time is left, counted as the promise runs: Monday to Friday from 8:00 to 17:00."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.policy import load_policy
from hub.web.remaining import time_left
from hub.web.shapes import Left

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
            Left(amount=3 * 3600, unit="business_seconds"),
        ),
        # Closed all the way: nothing is left although the night is long.
        ("first_reply", "2026-03-13T18:00", "2026-03-16T08:00", Left(amount=0, unit="business_seconds")),
        # Late is told as people tell it, over the night too.
        ("first_reply", "2026-03-13T17:20", "2026-03-13T17:00", Left(amount=-1200, unit="seconds")),
        # A term of days ends at 24:00 of its last day, here Tuesday; Monday 23 March is a holiday.
        ("legal_term", "2026-03-20T09:00", "2026-03-25T00:00", Left(amount=1, unit="business_days")),
        ("legal_term", "2026-03-24T09:00", "2026-03-25T00:00", Left(amount=0, unit="business_days")),
        # Emergencies run at any hour.
        ("emergency_ack", "2026-03-14T02:00", "2026-03-14T02:05", Left(amount=300, unit="seconds")),
        # A clock that the policy no longer knows is counted by the wall.
        ("forgotten", "2026-03-14T02:00", "2026-03-14T02:05", Left(amount=300, unit="seconds")),
    ],
)
def test_time_left_is_counted_as_the_promise_runs(clock: str, now: str, due: str, left: Left) -> None:
    assert time_left(clock, at(due), at(now), POLICY) == left
