"""Queries and claims about personal data have the terms of the law, by the real catalogue."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local

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


def after(*happened: Event) -> dict[str, Clock]:
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

    assert end_of(row["due"][term]) == after(opened)[clock].due_at


@pytest.mark.parametrize(("case", "clock", "term"), EXTENDED)
@pytest.mark.parametrize("row", VECTORS["extensions"], ids=lambda row: row["received"])
def test_an_extension_is_that_of_the_law(case: str, clock: str, term: str, row: dict[str, str]) -> None:
    at = local(f"{row['received']} 10:00")
    clocks = after(event(f"{case}.received", at=at), event(f"{case}.extended", at=at + HOUR))

    assert end_of(row[term]) == clocks[clock].due_at


def test_legend_does_not_end_the_claim() -> None:
    clocks = after(event("privacy.claim.received"), event("privacy.claim.in_process", at=MONDAY + HOUR))

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
    clocks = after(event("privacy.claim.received"), event(ending, at=MONDAY + HOUR))

    assert {"privacy_claim": state, "privacy_legend": state} == {
        clock.name: clock.state for clock in clocks.values()
    }


def test_answer_ends_a_query() -> None:
    answered = event("privacy.query.answered", at=MONDAY + HOUR)

    assert ClockState.MET is after(event("privacy.query.received"), answered)["privacy_query"].state
