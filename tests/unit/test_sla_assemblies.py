"""The legal terms after an assembly, by the real catalogue."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from hub import sla
from hub.business_time.dates import ZONE
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event
from tests.unit.factories import HOUR, POLICY, event, local

VECTORS: Final = json.loads((Path(__file__).parent.parent / "vectors/legal_day_terms.json").read_text())
CASE: Final = "assembly_id:a-1"


def after(*happened: Event) -> list[Clock]:
    return sla.replay(CASE, happened, BY_NAME, POLICY)


@pytest.mark.parametrize(
    ("modality", "term"),
    [
        ("presencial", "acta_asamblea_presencial"),
        ("mixta", "acta_asamblea_presencial"),
        ("no_presencial", "acta_no_presencial"),
    ],
)
@pytest.mark.parametrize("row", VECTORS["terms"], ids=lambda row: row["received"])
def test_term_of_the_minutes_follows_the_modality(
    modality: str, term: str, row: dict[str, dict[str, str]]
) -> None:
    data = {"modality": modality, "held_on": row["received"]}
    [clock] = after(event("admin.assembly.held", data, at=local(f"{row['received']} 20:00")))

    assert local(f"{row['due'][term]} 00:00") + timedelta(days=1) == clock.due_at


@pytest.mark.parametrize("told", ["2026-03-26 21:00", "2026-03-28 09:00", "2026-04-20 09:00"])
def test_minutes_are_due_from_the_day_of_the_assembly_whenever_it_is_told(told: str) -> None:
    """Ley 675 de 2001, art. 47: from the day of the meeting."""
    [clock] = after(event("admin.assembly.held", {"held_on": "2026-03-26"}, at=local(told)))

    assert local("2026-04-27 00:00") + timedelta(days=1) == clock.due_at
    assert "2026-03-26" == clock.started_at.astimezone(ZONE).date().isoformat()


def test_day_after_the_event_starts_no_clock_later() -> None:
    held = event("admin.assembly.held", {"held_on": "2026-12-31"}, at=local("2026-03-26 21:00"))
    [clock] = after(held)

    assert held.time == clock.started_at


def test_report_of_a_data_incident_is_due_from_its_detection() -> None:
    """Ley 1581 de 2012, art. 17 (n): told three days later, it has three days less."""
    data = {"detected_at": "2026-03-09T07:45:00-05:00"}
    [clock] = sla.replay(
        "privacy_incident_id:7",
        [event("privacy.incident.detected", data, at=local("2026-03-12 16:00"))],
        BY_NAME,
        POLICY,
    )

    assert local("2026-03-09 07:45") == clock.started_at
    assert POLICY.calendar.legal_due(local("2026-03-09 07:45"), 15) == clock.due_at


@pytest.mark.parametrize(
    ("published", "state"),
    [("2026-04-27 23:59", ClockState.MET), ("2026-04-28 00:01", ClockState.BREACHED)],
)
def test_minutes_published_in_time_meet_the_promise(published: str, state: ClockState) -> None:
    """Held on 26 March, before Holy Week: the twentieth business day is 27 April."""
    held = event("admin.assembly.held", at=local("2026-03-26 21:00"))
    [clock] = after(held, event("admin.minutes.published", at=local(published)))

    assert (state, local(published)) == (clock.state, clock.ended_at)


def test_convened_or_cancelled_assembly_starts_no_clock_for_minutes() -> None:
    convened = event("admin.assembly.convened", at=local("2026-03-09 08:00"))
    cancelled = event("admin.assembly.cancelled", at=local("2026-03-09 08:00") + HOUR)

    assert [] == [clock for clock in after(convened, cancelled) if clock.name == "minutes"]


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "late"])
@pytest.mark.parametrize(
    ("announced", "cancelled", "case", "clock"),
    [
        ("admin.assembly.convened", "admin.assembly.cancelled", CASE, "convocation_lead"),
        ("maintenance.scheduled.announced", "maintenance.scheduled.cancelled", "work_id:w-1", "notice_lead"),
    ],
)
def test_cancelled_assembly_needs_no_lead_time(
    announced: str, cancelled: str, case: str, clock: str, order: int
) -> None:
    at = local("2026-03-02 08:00")
    happened = [event(announced, at=at), event(cancelled, at=at + HOUR)]
    [check] = sla.replay(case, happened[::order], BY_NAME, POLICY)

    assert (clock, ClockState.CANCELLED, at + HOUR) == (check.name, check.state, check.ended_at)


def test_alert_about_a_convocation_says_when_the_assembly_is() -> None:
    convened = event("admin.assembly.convened", at=local("2026-03-20 08:00"))
    [clock] = [clock for clock in after(convened) if clock.name == "convocation_lead"]
    alert = sla.step_event(clock, clock.steps[0], now=clock.started_at)
    told = datetime.fromisoformat(str(alert.data["happens_at"]))

    assert datetime.fromisoformat(str(convened.data["starts_at"])) == told
