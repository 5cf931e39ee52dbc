"""Days to come: a text that names one says so differently once it is behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.business_time.dates import last_instant
from hub.catalog import CATALOG
from hub.messages.planning.reach import PAPER
from hub.model import Audience, EventType, Purpose
from hub.rendering.filters import NBSP, fecha, fecha_corta, fecha_hora, plazo, plazo_corto
from hub.rendering.lint import judge
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
