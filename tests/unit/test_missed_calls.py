"""Missed calls: a call on the emergency line is promised a call back in minutes, and pages somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event
from tests.unit.factories import MINUTE, POLICY, SECOND, event, local, member, mobile, somebody
from tests.unit.hub_in_memory import memory_hub

SUNDAY_NIGHT: Final = local("2026-03-15 03:00")
EMERGENCY: Final = {"line": "emergency", "thread_id": "t-1"}


def missed(line: str = "emergency", at: datetime = SUNDAY_NIGHT) -> Event:
    return event("support.call.missed", {**EMERGENCY, "line": line}, at=at)


def clocks(*happened: Event) -> list[Clock]:
    return sla.replay("thread_id:t-1", happened, BY_NAME, POLICY)


def test_emergency_call_starts_only_a_ten_minute_call_back_clock() -> None:
    [clock] = clocks(missed())

    assert ("emergency_callback", SUNDAY_NIGHT + 10 * MINUTE) == (clock.name, clock.due_at)


@pytest.mark.parametrize(
    ("after", "state"),
    [(10 * MINUTE, ClockState.MET), (10 * MINUTE + SECOND, ClockState.BREACHED)],
)
def test_call_back_in_time_meets_the_promise(after: timedelta, state: ClockState) -> None:
    [clock] = clocks(missed(), event("support.replied", {"thread_id": "t-1"}, at=SUNDAY_NIGHT + after))

    assert (state, SUNDAY_NIGHT + after) == (clock.state, clock.ended_at)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("emergency", {("p-caller", "sms", False), ("p-guard", "sms", False)}),
        ("main", {("p-caller", "sms", False)}),
    ],
)
async def test_night_calls_on_the_emergency_line_alone_page_the_person_on_call(
    line: str, expected: set[tuple[str, str, bool]]
) -> None:
    hub = memory_hub(SUNDAY_NIGHT)
    await hub.take_in(
        somebody("p-caller", mobile()),
        somebody("p-guard", mobile("+573007654321")),
        member("p-guard", "company", "staff", duty="on_call"),
    )
    call = event(
        "support.call.missed",
        {**EMERGENCY, "line": line, "caller": {"ref": "p-caller"}},
        at=SUNDAY_NIGHT,
    )
    await hub.take_in(call)

    assert expected == {
        (message.person, message.channel, message.rests)
        for message in hub.of(call)
        if message.channel == "sms"
    }


def test_stand_in_of_the_person_on_call_is_notified_at_any_hour() -> None:
    """The directory knows only that this person is staff."""
    [_, staff] = BY_NAME["support.call.missed"].audiences

    assert staff.any_hour
