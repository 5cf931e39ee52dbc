"""The link that answers a survey, and the calls after surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import pytest

from hub.access.keyring import KeyRing
from hub.access.survey_links import HIDDEN, SurveyLinks
from hub.desk.surveys.acts import list_calls
from hub.model import Claimed, PropertyScope, Purpose, Scope
from hub.rendering.filters import fecha_hora
from hub.settings import Secret
from hub.sla.ack_links import PERSONAL, without_link
from tests.contract.values import NOON, event, message, stored
from tests.operators import operator
from tests.unit.factories import POLICY, claim_of
from tests.unit.test_templates import TEMPLATES, context, examples

HUB: Final = "https://hub.example.co"
DAY: Final = timedelta(days=1)
LINKS: Final = SurveyLinks(
    public_url=HUB, ring=KeyRing([Secret("a-secret-that-nobody-guesses-and-long")]), rules=POLICY.surveys
)


def claimed(name: str = "survey.requested", **data: Any) -> Claimed:
    of = stored(event(name, data=data))
    planned = message(of, purpose=Purpose.SURVEY)
    return claim_of(planned, event_time=NOON, source="urn:hub", data=data)


def test_link_lives_until_the_last_answer_may_be_changed_no_more() -> None:
    for data, closes in (
        ({}, NOON + 14 * DAY),
        ({"expires_at": None}, NOON + 14 * DAY),
        ({"expires_at": (NOON + DAY).isoformat()}, NOON + DAY),
    ):
        asked = claimed(**data)
        token = LINKS.read((LINKS.of(asked) or "").rpartition("/")[2])

        assert token is not None
        assert (asked.message.id, closes + 7 * DAY) == (token.message_id, token.ends_at)


def test_mail_says_until_when_a_survey_can_be_answered_also_where_the_policy_decides_it() -> None:
    own, named = "https://encuestas.example.com/7", (NOON + DAY).isoformat()

    assert NOON + 14 * DAY == LINKS.answer_until(claimed())
    assert NOON + DAY == LINKS.answer_until(claimed(expires_at=named))
    assert NOON + DAY == LINKS.answer_until(claimed(expires_at=named, link=own))
    assert None is LINKS.answer_until(claimed(link=own))
    assert None is LINKS.answer_until(claimed("pqrs.received"))
    told = replace(context("survey.requested", {"kind": "semestral"}), answer_until=NOON)
    text = TEMPLATES.render("survey.requested", "email", told, variant=None).text
    assert f"Puede responder hasta el {fecha_hora(NOON)}" in text


def test_link_of_the_publisher_is_left_as_it_is() -> None:
    own = "https://encuestas.example.com/7"

    assert own == LINKS.of(claimed(link=own))
    assert own == LINKS.shown(claimed(link=own))


@pytest.mark.parametrize(
    "links",
    [replace(LINKS, public_url="http://hub.example.co"), replace(LINKS, ring=KeyRing([]))],
    ids=["in clear", "without a secret"],
)
def test_without_https_or_a_secret_there_is_no_link(links: SurveyLinks) -> None:
    assert (None, None) == (links.of(claimed()), links.shown(claimed()))


def test_reader_of_anothers_words_sees_no_token() -> None:
    link = LINKS.of(claimed())

    assert f"Responda: {PERSONAL}." == without_link(f"Responda: {link}.")


def test_other_events_have_none_and_readers_of_a_case_see_no_token() -> None:
    assert None is LINKS.of(claimed("pqrs.received"))
    assert f"{HUB}/s/{HIDDEN}" == LINKS.shown(claimed())
    assert None is LINKS.read(HIDDEN)


def test_mail_without_a_page_asks_for_the_number_in_a_reply() -> None:
    data = examples("survey.requested")[0]
    bare = replace(context("survey.requested", data), ack_url=None)
    text = TEMPLATES.render("survey.requested", "email", bare, variant=None).text

    assert "Responda a este correo con su número." in text
    assert "://hub" not in text


def test_mail_has_one_button() -> None:
    data = examples("survey.requested")[0]
    html = TEMPLATES.render("survey.requested", "email", context("survey.requested", data), variant=None).html

    assert 1 == html.count('class="boton"')


OPENED = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Calls:
    """A database with a call in each of two buildings."""

    async def rows(self, *_: object) -> Sequence[Mapping[str, object]]:
        return [
            {
                "id": UUID(int=number),
                "case": f"survey_id:{number}",
                "state": "open",
                "due_at": OPENED,
                "copropiedad_id": place,
            }
            for number, place in enumerate(("ph-1", "ph-2"))
        ]


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        (None, ["survey_id:0", "survey_id:1"]),
        (frozenset({"ph-2"}), [None, "survey_id:1"]),
        (frozenset[str](), [None, None]),
    ],
)
async def test_case_of_a_call_is_for_who_calls_there(whose: PropertyScope, said: list[str | None]) -> None:
    by = operator(cast(Any, Calls()), reach={Scope.READ: None, Scope.OPERATE: whose})
    calls = (await list_calls(by)).items

    assert said == [call.case for call in calls]
    assert [case is None for case in said] == [call.id is None for call in calls]
    assert ["ph-1", "ph-2"] == [call.copropiedad_id for call in calls]
