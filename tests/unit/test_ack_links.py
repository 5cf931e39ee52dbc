"""Mails with the link that acknowledges a clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.catalog import BY_NAME
from hub.model import Claimed, Facts, Json, Purpose
from hub.rendering import Context
from tests.contract.values import NOON, message, stored
from tests.unit.test_templates import TEMPLATES, context, examples

LINK = "https://hub.example.co/take-on/m-1?sig=0"
ESCALATED = "pqrs.escalated"


def mail(variant: str | None, example: int, *, link: str | None) -> str:
    data: dict[str, Json] = examples(ESCALATED)[example]
    with_link = replace(context(ESCALATED, data), ack_url=link)
    return TEMPLATES.render(ESCALATED, "email", with_link, variant=variant).text


def test_only_the_mail_to_the_level_has_the_link() -> None:
    audiences = [audience.template for audience in BY_NAME[ESCALATED].audiences]

    assert [None, "petitioner"] == audiences
    assert [True, False] == [LINK in mail(variant, 0, link=LINK) for variant in audiences]


def test_mail_of_an_escalated_emergency_has_the_link() -> None:
    data: dict[str, Json] = examples("emergency.escalated")[0]
    with_link = replace(context("emergency.escalated", data), ack_url=LINK)

    assert LINK in TEMPLATES.render("emergency.escalated", "email", with_link, variant=None).text


@pytest.mark.parametrize(
    ("purpose", "link"),
    [(Purpose.INTERNAL, LINK), (Purpose.EMERGENCY, LINK), (Purpose.TRANSACTIONAL, None)],
)
def test_link_is_for_the_purposes_of_a_level(purpose: Purpose, link: str | None) -> None:
    of = stored()
    claimed = Claimed(
        message=message(of, purpose=purpose),
        attempt=1,
        event_time=NOON,
        source="urn:hub",
        data={},
        building=None,
        unit=None,
    )

    assert link == Context.of(claimed, Facts(at=NOON, link=LINK)).ack_url


def test_mail_without_a_link_does_not_mention_one() -> None:
    assert "tome el caso" not in mail(None, 0, link=None)


def test_reminder_to_the_top_level_has_no_link() -> None:
    assert LINK not in mail(None, 1, link=LINK)
