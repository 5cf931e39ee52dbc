"""Services, packages, conflicts, findings and incidents have their terms, by the real catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event, StepKind
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local

CLOCKS: Final = (
    # Monday 9 March 2026, 08:05; Monday 23 is a holiday.
    ("building.outage.reported", "outage", "2026-03-09 11:00", "building.outage.restored"),
    ("concierge.incident.reported", "incident_response", "2026-03-11 08:05", "concierge.incident.closed"),
    ("concierge.package.received", "custody", "2026-03-11 08:05", "concierge.package.collected"),
    ("realestate.conflict.opened", "conflict", "2026-04-01 00:00", "realestate.conflict.resolved"),
    (
        "satisfaction.detractor.detected",
        "callback",
        "2026-03-11 14:05",
        "satisfaction.detractor.contacted",
    ),
    ("quality.audit.finding", "corrective_action", "2026-03-28 00:00", "quality.action.closed"),
    ("privacy.incident.detected", "incident_report", "2026-04-01 00:00", "privacy.incident.reported"),
)


def after(*happened: Event) -> Clock:
    [clock] = sla.replay("case:1", happened, BY_NAME, POLICY)
    return clock


def warned(clock: Clock) -> list[datetime]:
    return [step.at for step in clock.steps if step.kind == StepKind.AT_RISK]


@pytest.mark.parametrize(("opener", "name", "due", "_"), CLOCKS)
def test_each_is_due_when_it_was_promised(opener: str, name: str, due: str, _: str) -> None:
    clock = after(event(opener))

    assert (name, ClockState.OPEN, local(due)) == (clock.name, clock.state, clock.due_at)


@pytest.mark.parametrize(("opener", "_", "__", "ending"), CLOCKS)
def test_each_is_kept_by_what_ends_it(opener: str, _: str, __: str, ending: str) -> None:
    clock = after(event(opener), event(ending, at=MONDAY + HOUR))

    assert ClockState.MET is clock.state


@pytest.mark.parametrize("without", [(), ("expected_end",)], ids=["null", "left out"])
def test_a_service_of_which_nobody_knows_when_it_is_back_has_a_day_and_a_night(
    without: tuple[str, ...],
) -> None:

    clock = after(event("building.outage.reported", {"expected_end": None}, without=without))

    assert MONDAY + 24 * HOUR == clock.due_at


def test_a_service_is_due_also_at_night_when_that_was_said() -> None:
    at = local("2026-03-15 03:00")
    clock = after(event("building.outage.reported", {"expected_end": at.isoformat()}))

    assert at == clock.due_at


def test_a_corrective_action_is_warned_of_when_three_whole_days_are_left() -> None:
    """Due by the end of Friday 27: 24, 25 and 26 are left when Monday 23 ends."""
    assert [local("2026-03-24 00:00")] == warned(after(event("quality.audit.finding")))


@pytest.mark.parametrize("opener", ["building.outage.reported", "concierge.package.received"])
def test_what_runs_at_any_hour_has_no_warning_before_it_is_due(opener: str) -> None:
    assert [] == warned(after(event(opener)))
