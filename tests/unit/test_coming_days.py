"""Texts know what lies behind and what lies ahead when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from hub.business_time.dates import last_instant
from hub.catalog import CATALOG
from hub.messages.planning.reach import PAPER
from hub.model import Audience, EventType, Purpose
from hub.rendering.filters import NBSP, fecha, fecha_corta, fecha_hora, plazo, plazo_corto
from hub.rendering.lint import judge
from hub.rendering.tenses import tenses
from hub.sms_text import segments
from tests.unit.test_templates import TEMPLATES, context, examples, schema
from tests.unit.test_templates import plain as without_accents

FACTS: Final = frozenset(
    {
        *("at", "breached_at", "called_at", "captured_at", "changed_at", "closed_at", "collected_at"),
        *(
            "completed_at",
            "day",
            "delivered_on",
            "detected_at",
            "ended_at",
            "filed_at",
            "first_call_at",
            "held_on",
        ),
        *("occurred_at", "opened_at", "paid_at", "received_at", "reported_at", "reset_at", "responded_at"),
        *("restored_at", "revoked_at", "sent_at", "served_on", "since", "started_at"),
    }
)
"""Fields that tell when something has happened."""
OVER: Final = {
    ("pqrs.escalated", "due_at"): "a promise that was broken",
    ("sla.breached", "due_at"): "a promise that was broken",
    ("emergency.escalated", "due_at"): "a promise that was broken",
    ("sla.resolved", "due_at"): "a promise that has ended",
    ("hub.trouble.ended", "until"): "a trouble that is over",
}
"""Fields of events about what is over: their day is behind in each text."""
AS_TRUE_AFTERWARDS: Final = {
    ("admin.assembly.cancelled", "starts_at"): "it says what does not take place, and when it would have",
    ("maintenance.scheduled.cancelled", "starts_at"): "as above",
    ("realestate.visit.cancelled", "starts_at"): "as above",
    ("admin.decision.published", "effective_on"): "«Rige desde» holds before and after",
    ("policy.updated", "effective_on"): "as above",
    ("contract.renewed", "until"): "what was agreed",
    ("admin.payment.promised", "promised_for"): "what somebody said",
    ("accounting.report.delivered", "expires_at"): "the text says what to do once it has expired",
    ("admin.vote.opened", "closes_at"): "nothing is sent after it",
    ("maintenance.scheduled.announced", "starts_at"): "nothing is sent after `ends_at`",
    ("maintenance.scheduled.changed", "starts_at"): "as above",
    ("staff.training.scheduled", "ends_at"): "nothing is sent after `starts_at`",
    ("realestate.contract.expiring", "ends_on"): "nothing is sent after `notice_deadline`",
    ("sla.breached", "happens_at"): "the notices of it are what was promised",
    ("sla.resolved", "happens_at"): "as above",
    ("sla.at_risk", "happens_at"): "as above",
}
"""Fields whose day each text may name in the same words, and why."""
WAYS: Final = (fecha, fecha_corta, fecha_hora, plazo, plazo_corto)


def coming() -> Iterator[tuple[EventType, Audience, str]]:
    for kind in CATALOG:
        for audience in {audience.template: audience for audience in kind.audiences}.values():
            for field, rule in schema(kind.name)["properties"].items():
                is_day = rule.get("format") in {"date", "date-time"}
                listed = field in FACTS or (kind.name, field) in {*OVER, *AS_TRUE_AFTERWARDS}
                if is_day and not listed and not is_bounded(kind, audience, field):
                    yield kind, audience, field


def is_bounded(kind: EventType, audience: Audience, field: str) -> bool:
    """Whether nothing leaves after the day: the law sets legal messages no end."""
    ends = kind.useful_until == field and audience.purpose is not Purpose.LEGAL
    return ends or (audience.reminders_only and field in {reminder.field for reminder in kind.reminders})


def channels(kind: EventType, audience: Audience) -> list[str]:
    letter = {"print"} if audience.print in PAPER else set()
    used = letter.union(*audience.channels) & TEMPLATES.channels(("es", kind.name, audience.template))
    return sorted(used)


def plain(words: str) -> str:
    return without_accents(words).replace(NBSP, " ")


def names(words: str, day: Any) -> bool:
    return any(plain(way(day)).rstrip(".") in words for way in WAYS)


@pytest.mark.parametrize(
    ("kind", "audience", "field"),
    [pytest.param(*case, id=f"{case[0].name} {case[1].template or 'first'} {case[2]}") for case in coming()],
)
def test_text_says_of_a_day_to_come_that_it_has_passed(
    kind: EventType, audience: Audience, field: str
) -> None:
    data = next(example for example in examples(kind.name) if field in example)
    # A letter can name a document, and cannot link to it.
    sent = replace(
        context(kind.name, data | ({"document_ref": "DOC-1"} if "document_ref" in data else {}), due={}),
        purpose=audience.purpose,
    )
    end = last_instant(data[field])
    as_if_to_come = []
    for channel in channels(kind, audience):
        before, after = (
            TEMPLATES.render(kind.name, channel, replace(sent, leaves=at), variant=audience.template)
            for at in (end - timedelta(days=3), end + timedelta(minutes=1))
        )
        if before == after and names(plain(f"{before.subject} {before.text}"), data[field]):
            as_if_to_come.append(channel)
        assert [] == list(judge(channel, after, urgent=False, staff=audience.is_staff))

    assert [] == as_if_to_come


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
