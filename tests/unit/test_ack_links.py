"""Which mails have the link that acknowledges a clock."""

from __future__ import annotations

from dataclasses import replace

from hub.catalog import BY_NAME
from hub.model import Json
from tests.unit.test_templates import TEMPLATES, context, examples

LINK = "https://hub.example.co/take-on/c-1?level=2&sig=0"
ESCALATED = "pqrs.escalated"


def mail(variant: str | None, example: int, *, link: str | None) -> str:
    data: dict[str, Json] = examples(ESCALATED)[example]
    with_link = replace(context(ESCALATED, data), ack_url=link)
    return TEMPLATES.render(ESCALATED, "email", with_link, variant=variant).text


def test_only_the_mail_to_the_level_has_the_link() -> None:
    audiences = [audience.template for audience in BY_NAME[ESCALATED].audiences]

    assert [None, "petitioner"] == audiences
    assert [True, False] == [LINK in mail(variant, 0, link=LINK) for variant in audiences]


def test_mail_without_a_link_does_not_mention_one() -> None:
    assert "tome el caso" not in mail(None, 0, link=None)


def test_reminder_to_the_top_level_has_no_link() -> None:
    assert LINK not in mail(None, 1, link=LINK)
