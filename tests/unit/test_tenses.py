"""Texts know what lies behind and what lies ahead when they leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from hub.rendering.filters import fecha, plazo
from hub.rendering.lint import judge
from hub.rendering.tenses import tenses
from hub.sms_text import segments
from tests.unit.test_templates import TEMPLATES, context, examples
from tests.unit.test_templates import plain as without_accents

DAY: Final = timedelta(days=1)
NIGHT: Final = datetime(2026, 10, 1, 5, tzinfo=UTC)
"""The end of 30 September in Bogotá."""


def said(
    event: str, leaves: datetime, *, channel: str = "email", variant: str | None = None, **data: Any
) -> str:
    given = context(event, {**examples(event)[0], **data})
    words = TEMPLATES.render(event, channel, replace(given, leaves=leaves), variant=variant)
    return f"{words.subject} {words.text}"


@pytest.mark.parametrize(("leaves", "over"), [(NIGHT - DAY, False), (NIGHT - DAY / 24, False), (NIGHT, True)])
def test_contract_that_is_over_is_not_served_until_a_day_to_come(leaves: datetime, over: bool) -> None:
    words = said("contract.ended", leaves, ended_on="2026-09-30")

    assert (over, not over) == ("terminó el" in words, "Hasta ese día los atendemos" in words)
    assert over != ("termina el" in words)


@pytest.mark.parametrize(("deadline", "months"), [("2026-06-30", 3), ("2026-07-31", 1), ("2026-06-29", 3)])
def test_lead_of_a_notice_is_named_only_where_the_days_have_it(deadline: str, months: int) -> None:
    data = {"kind": "vivienda", "notice_deadline": deadline, "ends_on": "2026-09-30"}
    leaves = NIGHT - 200 * DAY
    words = [said("realestate.contract.expiring", leaves, variant=one, **data) for one in (None, "agent")]

    assert months == tenses(NIGHT, None)["meses_entre"](deadline, "2026-09-30")
    assert [months == 3] * 2 == ["tres meses" in text for text in words]


LATE: Final = {
    "pqrs.term_extended": "legal_term",
    "privacy.query.extended": "privacy_query",
    "privacy.claim.extended": "privacy_claim",
}


@pytest.mark.parametrize(("event", "clock"), LATE.items())
@pytest.mark.parametrize(("days", "late"), [(-12, True), (12, False)])
def test_extension_after_the_term_says_that_it_is_late_and_when_the_term_ended(
    event: str, clock: str, *, days: int, late: bool
) -> None:
    data = examples(event)[0]
    sent = context(event, data)
    end = sent.event_time + days * DAY
    for channel in ("email", "print"):
        words = TEMPLATES.render(
            event, channel, replace(sent, due={clock: end}, leaves=sent.event_time), variant=None
        )

        assert "antes de que venza" not in words.text
        assert late == (f"venció el {plazo(end)}".replace("\xa0", " ") in words.text.replace("\xa0", " "))
        assert late != ("la ley permite" in words.text.lower())
        assert [] == list(judge(channel, words, urgent=False, staff=False))


def test_late_extension_names_both_days_also_in_a_text_message() -> None:
    event = "pqrs.term_extended"
    sent = context(event, examples(event)[0])
    due = {"legal_term": sent.event_time - 12 * DAY}
    mail, text = (
        TEMPLATES.render(event, channel, replace(sent, due=due, leaves=sent.event_time), variant=None).text
        for channel in ("email", "sms")
    )
    both = {plazo(due["legal_term"]), fecha(sent.data["new_due_on"])}

    assert {True} == {day.replace("\xa0", " ") in mail.replace("\xa0", " ") for day in both}
    assert "vencio el 25 feb 2026" in without_accents(text).replace("\xa0", " ")
    assert 1 == segments(text).parts


def test_outage_promises_no_hour_that_is_behind() -> None:
    ends = "2026-09-30T20:00:00-05:00"
    name, leaving = "building.outage.reported", (NIGHT - DAY, NIGHT)
    words = [said(name, at, channel="sms", expected_end=ends) for at in leaving]

    assert [True, False] == ["Regreso estimado" in text for text in words]


@pytest.mark.parametrize(("minutes", "late"), [(-1, True), (5, False)])
def test_missed_emergency_call_promises_no_minutes_that_are_behind(minutes: int, *, late: bool) -> None:
    event = "support.call.missed"
    data = next(example for example in examples(event) if example["line"] == "emergency")
    sent = context(event, data)
    due = {"emergency_callback": sent.event_time + timedelta(minutes=minutes)}
    for channel in ("sms", "whatsapp"):
        words = TEMPLATES.render(
            event, channel, replace(sent, due=due, leaves=sent.event_time), variant=None
        ).text

        assert [late, not late] == ["lo antes posible" in words, "en máximo" in words or "en maximo" in words]
