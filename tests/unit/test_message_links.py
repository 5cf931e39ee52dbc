"""The table of links: which message carries what, and that somebody makes each."""

from __future__ import annotations

from typing import Any, Final

import pytest
from msgspec.structs import fields, replace

from hub.access.survey_links import SURVEY
from hub.catalog import BY_NAME
from hub.messages.delivery.links import CARRIED, Maker, MessageLinks
from hub.model import CORRECTION, Claimed, Facts, Lane, Purpose
from hub.model.casework import ANSWERS
from hub.model.documents import Enclosure
from hub.operations.residents.sign_in import REQUESTED
from hub.parts.company import CompanyRules
from hub.parts.renderer import message_links
from hub.settings import load
from tests.unit.factories import MONDAY, claim_of, message

ALL: Final = MessageLinks({maker: lambda *_, made=str(maker): made for maker in Maker})
EVERYBODY: Final = {"own_page": "own_page", "genuine": "genuine"}
BY_MAIL: Final = {**EVERYBODY, "reply_to": "reply_address"}
DOCUMENT: Final = Enclosure(sha256=b"\1" * 32, kind="application/pdf", name="acta", enclosed=False)


def claimed(document: Enclosure | None = None, **of: Any) -> Claimed:
    return claim_of(message(**of), document=document)


def carried(links: MessageLinks = ALL, **of: Any) -> dict[str, Any]:
    return dict(links.of(claimed(**of), MONDAY))


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param({"channel": "sms"}, EVERYBODY, id="a text"),
        pytest.param({"channel": "email"}, BY_MAIL, id="a mail"),
        pytest.param(
            {"channel": "push", "document": DOCUMENT}, {**EVERYBODY, "document": "document"}, id="a document"
        ),
        pytest.param(
            {"channel": "sms", "purpose": Purpose.INTERNAL},
            {"genuine": "genuine", "link": "acknowledgement", "page": "page"},
            id="to staff: the page of the case in the place of an own one",
        ),
        pytest.param(
            {"channel": "sms", "event": SURVEY, "purpose": Purpose.SURVEY},
            {**EVERYBODY, "link": "survey", "answer_until": "survey_end"},
            id="a survey",
        ),
        pytest.param(
            {"channel": "sms", "event": REQUESTED},
            {"genuine": "genuine", "code": "one_time_code"},
            id="a code in the place of the page that it opens",
        ),
        pytest.param(
            {"channel": "email", "purpose": Purpose.COMMERCIAL},
            {**BY_MAIL, "unsubscribe": "unsubscribe", "list_id": "list_name"},
            id="an advertisement",
        ),
        pytest.param(
            {"channel": "email", "purpose": Purpose.SERVICE, "lane": Lane.BULK},
            {**BY_MAIL, "list_id": "list_name"},
            id="a circular",
        ),
        pytest.param({"channel": "email", "purpose": Purpose.SERVICE}, BY_MAIL, id="news to one person"),
        pytest.param(
            {"channel": "push", "event": CORRECTION},
            {**EVERYBODY, "replaces": "corrected"},
            id="a correction on a telephone",
        ),
        pytest.param({"channel": "sms", "event": CORRECTION}, EVERYBODY, id="a correction by a text"),
        pytest.param(
            {"channel": "push", "purpose": Purpose.COMMERCIAL},
            EVERYBODY,
            id="advertising on a telephone",
        ),
    ],
)
def test_each_kind_of_message_carries_what_the_table_says(of: dict[str, Any], expected: Any) -> None:
    assert expected == carried(**of)


def test_what_has_no_maker_or_is_empty_is_not_carried() -> None:
    links = MessageLinks({Maker.OWN_PAGE: lambda *_: "", Maker.REPLY_ADDRESS: lambda *_: "a@b.co"})

    assert {"reply_to": "a@b.co"} == carried(links, channel="email")


def test_staff_has_an_own_page_where_there_is_no_page_of_a_case() -> None:
    links = MessageLinks({Maker.PAGE: lambda *_: None, Maker.OWN_PAGE: lambda *_: "own"})

    assert {"own_page": "own"} == carried(links, purpose=Purpose.EMERGENCY)


def test_policy_restricts_a_maker_to_channels() -> None:
    links = MessageLinks({Maker.GENUINE: lambda *_: "code"}, {Maker.GENUINE: frozenset({"print"})})

    assert [{"genuine": "code"}, {}] == [carried(links, channel=channel) for channel in ("print", "sms")]


def test_choice_for_one_message_holds_for_its_kind_and_for_no_other() -> None:
    links = MessageLinks({Maker.DOCUMENT: lambda one, _: one.document.name if one.document else "none"})
    with_it = claimed(DOCUMENT)

    assert [{}, {"document": "acta"}, {}, {"document": "plano"}] == [
        links.of(one, MONDAY)
        for one in (claimed(), with_it, claimed(), replace(with_it, document=replace(DOCUMENT, name="plano")))
    ]


def test_table_names_fields_of_the_facts_and_events_of_the_catalogue() -> None:
    assert set() == {row.fact for row in CARRIED} - {field.name for field in fields(Facts)}
    named = frozenset[str]().union(*(row.events for row in CARRIED))
    assert {CORRECTION, SURVEY, REQUESTED, *ANSWERS} == named
    assert named <= BY_NAME.keys()


def test_each_maker_is_in_the_table_and_the_company_has_each() -> None:
    company = CompanyRules(
        load(
            {
                "HUB_MODE": "live",
                "HUB_EMAIL_URL": "smtp://127.0.0.1:2525",
                "HUB_PUBLIC_URL": "https://hub.example.co",
                "HUB_SECRET": "x" * 40,
                "HUB_MAIL_DOMAIN": "in.example.co",
            }
        )
    )

    assert set(Maker) == {row.maker for row in CARRIED} == set(message_links(company)._makers)
