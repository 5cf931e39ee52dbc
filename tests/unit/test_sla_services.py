"""The terms of services, of contacts before a PQRS, and of personal data, by the real catalogue."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
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
def test_each_service_is_due_as_promised(opener: str, name: str, due: str, _: str) -> None:
    clock = after(event(opener))

    assert (name, ClockState.OPEN, local(due)) == (clock.name, clock.state, clock.due_at)


@pytest.mark.parametrize(("opener", "_", "__", "ending"), CLOCKS)
def test_each_service_is_met_by_its_ending_event(opener: str, _: str, __: str, ending: str) -> None:
    clock = after(event(opener), event(ending, at=MONDAY + HOUR))

    assert ClockState.MET is clock.state


@pytest.mark.parametrize("without", [(), ("expected_end",)], ids=["null", "left out"])
def test_outage_without_an_estimate_is_due_in_24_hours(
    without: tuple[str, ...],
) -> None:

    clock = after(event("building.outage.reported", {"expected_end": None}, without=without))

    assert MONDAY + 24 * HOUR == clock.due_at


def test_outage_is_due_at_night_if_the_estimate_says_so() -> None:
    at = local("2026-03-15 03:00")
    clock = after(event("building.outage.reported", {"expected_end": at.isoformat()}))

    assert at == clock.due_at


def test_corrective_action_warns_three_whole_days_before() -> None:
    """Due by the end of Friday 27: 24, 25 and 26 are left when Monday 23 ends."""
    assert [local("2026-03-24 00:00")] == warned(after(event("quality.audit.finding")))


@pytest.mark.parametrize("opener", ["building.outage.reported", "concierge.package.received"])
def test_clock_of_any_hour_has_no_warning(opener: str) -> None:
    assert [] == warned(after(event(opener)))


@pytest.mark.parametrize(
    ("priority", "response", "resolution"),
    [
        ("urgente", "2026-03-09 10:05", "2026-03-10 08:05"),
        ("alta", "2026-03-09 12:05", "2026-03-11 08:05"),
        ("media", "2026-03-10 08:05", "2026-03-16 08:05"),
        ("baja", "2026-03-11 08:05", "2026-03-24 08:05"),
    ],
)
def test_a_repair_is_due_as_its_priority_says_and_met_step_by_step(
    priority: str, response: str, resolution: str
) -> None:
    opened = event("maintenance.request.received", {"priority": priority})
    assigned = event("maintenance.request.assigned", at=MONDAY + HOUR)
    completed = event("maintenance.request.completed", at=MONDAY + 2 * HOUR)

    assert repair(opened) == {
        "maintenance_response": (ClockState.OPEN, local(response)),
        "maintenance_resolution": (ClockState.OPEN, local(resolution)),
    }
    assert repair(opened, assigned)["maintenance_response"][0] is ClockState.MET
    assert repair(opened, assigned)["maintenance_resolution"][0] is ClockState.OPEN
    assert repair(opened, assigned, completed)["maintenance_resolution"][0] is ClockState.MET


def repair(*happened: Event) -> dict[str, tuple[ClockState, datetime | None]]:
    clocks = sla.replay("request_id:1", happened, BY_NAME, POLICY)
    return {clock.name: (clock.state, clock.due_at) for clock in clocks}


OPENERS: Final = (
    "support.email.received",
    "support.form.received",
    "support.counter.received",
    "support.chat.missed",
    "support.call.missed",
)


@pytest.mark.parametrize("name", OPENERS)
def test_every_contact_is_promised_a_reply_in_24_business_hours(name: str) -> None:
    [clock] = sla.replay("thread_id:t-1", [event(name, {"thread_id": "t-1"})], BY_NAME, POLICY)

    assert ("first_reply", ClockState.OPEN) == (clock.name, clock.state)
    assert local("2026-03-11 14:05") == clock.due_at


@pytest.mark.parametrize("name", OPENERS)
def test_a_reply_to_the_conversation_keeps_the_promise(name: str) -> None:
    contacts = [
        event(name, {"thread_id": "t-1"}),
        event("support.replied", {"thread_id": "t-1"}, at=MONDAY + HOUR),
    ]
    [clock] = sla.replay("thread_id:t-1", contacts, BY_NAME, POLICY)

    assert ClockState.MET is clock.state


def test_automatic_mail_starts_no_clock() -> None:
    machine = event("support.email.received", {"auto_submitted": True})

    assert [] == sla.replay("thread_id:t-1", [machine], BY_NAME, POLICY)


VECTORS: Final = json.loads((Path(__file__).parent.parent / "vectors/legal_day_terms.json").read_text())
TERMS: Final = (
    ("privacy.query.received", "privacy_query", "habeas_data_consulta"),
    ("privacy.claim.received", "privacy_claim", "habeas_data_reclamo"),
    ("privacy.claim.received", "privacy_legend", "habeas_data_leyenda_en_tramite"),
)
EXTENDED: Final = (
    ("privacy.query", "privacy_query", "consulta_extended_due_plus5"),
    ("privacy.claim", "privacy_claim", "reclamo_extended_due_plus8"),
)


def clocks_after(*happened: Event) -> dict[str, Clock]:
    return {clock.name: clock for clock in sla.replay("case_id:d-1", happened, BY_NAME, POLICY)}


def end_of(day: str) -> datetime:
    """Return the end of a day in Colombia: a term in days lasts until then."""
    return local(f"{day} 00:00") + timedelta(days=1)


@pytest.mark.parametrize(("opener", "clock", "term"), TERMS)
@pytest.mark.parametrize("row", VECTORS["terms"], ids=lambda row: row["received"])
def test_a_query_and_a_claim_have_the_terms_of_the_law(
    opener: str, clock: str, term: str, row: dict[str, dict[str, str]]
) -> None:
    opened = event(opener, at=local(f"{row['received']} 10:00"))

    assert end_of(row["due"][term]) == clocks_after(opened)[clock].due_at


@pytest.mark.parametrize(("case", "clock", "term"), EXTENDED)
@pytest.mark.parametrize("row", VECTORS["extensions"], ids=lambda row: row["received"])
def test_an_extension_is_that_of_the_law(case: str, clock: str, term: str, row: dict[str, str]) -> None:
    at = local(f"{row['received']} 10:00")
    clocks = clocks_after(event(f"{case}.received", at=at), event(f"{case}.extended", at=at + HOUR))

    assert end_of(row[term]) == clocks[clock].due_at


def test_legend_does_not_end_the_claim() -> None:
    clocks = clocks_after(
        event("privacy.claim.received"), event("privacy.claim.in_process", at=MONDAY + HOUR)
    )

    assert (ClockState.MET, ClockState.OPEN) == (
        clocks["privacy_legend"].state,
        clocks["privacy_claim"].state,
    )


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        ("privacy.claim.answered", ClockState.MET),
        ("privacy.claim.transferred", ClockState.CANCELLED),
    ],
)
def test_answer_or_transfer_ends_a_claim(ending: str, state: ClockState) -> None:
    clocks = clocks_after(event("privacy.claim.received"), event(ending, at=MONDAY + HOUR))

    assert {"privacy_claim": state, "privacy_legend": state} == {
        clock.name: clock.state for clock in clocks.values()
    }


def test_answer_ends_a_query() -> None:
    answered = event("privacy.query.answered", at=MONDAY + HOUR)

    assert ClockState.MET is clocks_after(event("privacy.query.received"), answered)["privacy_query"].state
