"""
People with a telephone and no mail: a text leads to the whole message, and the letter follows if it fails.

Policy 4.3 (accessible channels), 6.5 (paper for residents without digital access); issue 28.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.errors import InvalidPolicy, TemplateFailure
from hub.messages.planning.plan import plan_audience
from hub.model import Attempt, ChannelTraits, Evidence, Facts, Message, Person, Preferences, Purpose
from hub.model.documents import SentDocument
from hub.model.evidence import Call
from hub.operations.evidence.remake import Finding, Remade
from hub.operations.residents.own_message import document_link
from hub.parts.company import CompanyRules
from hub.parts.renderer import render_again
from hub.policy.residents import TextPolicy
from hub.rendering.own_links import is_text
from hub.settings import load
from hub.sms_text import segments
from tests.unit.factories import (
    HOUR,
    MONDAY,
    POLICY,
    RULES,
    claim_of,
    device,
    email,
    event,
    message,
    mobile,
    person,
    stored,
)
from tests.unit.test_own_links import END, LINK, given
from tests.unit.test_templates import TEMPLATES

CHANNELS: Final = {
    **RULES.channels,
    "print": ChannelTraits(name="print", contact=None, strangers=True),
    "whatsapp": ChannelTraits(name="whatsapp", contact="phone", confirms=True),
}
WITH_LINKS: Final = replace(RULES, channels=CHANNELS, links=lambda: True)
CIRCULAR: Final = "admin.circular.issued"
PHONE: Final = person(mobile())


def planned(name: str, to: Person, **rules: Any) -> tuple[list[str], list[list[str]]]:
    """Return the channels of the first step, and those of the later ones."""
    made: list[Message] = plan_audience(
        stored(event(name)), BY_NAME[name], 0, [to], rules=replace(WITH_LINKS, **rules), now=MONDAY
    )
    first = [one for one in made if one.occasion == "initial"]
    return [one.channel for one in first], [[target.channel for target in step] for step in first[0].fallback]


@pytest.mark.parametrize(
    "name",
    [
        CIRCULAR,
        "admin.invoice.issued",
        "admin.minutes.published",
        "admin.financial_report.published",
        "maintenance.scheduled.announced",
    ],
)
def test_who_has_only_a_telephone_is_texted_at_once_and_the_letter_comes_after(name: str) -> None:
    assert (["inbox", "sms"], [["print"]]) == planned(name, PHONE)


def test_who_has_a_mail_or_the_app_or_no_telephone_gets_what_they_got() -> None:
    assert (["email", "inbox"], [["print"]]) == planned(CIRCULAR, person(email(), mobile()))
    assert (["push", "inbox"], [["print"]]) == planned(CIRCULAR, person(device("a"), mobile()))
    assert (["inbox"], [["print"]]) == planned(CIRCULAR, person())
    assert (["print", "inbox"], []) == planned(CIRCULAR, structs.replace(PHONE, digital_access=False))


def test_app_that_an_audience_does_not_use_is_no_reason_for_silence() -> None:
    assert (["inbox", "sms"], [["print"]]) == planned(
        "admin.minutes.published", person(device("a"), mobile())
    )


def test_call_to_an_assembly_waits_for_no_text() -> None:
    """Ley 675 de 2001, art. 39: to the registered address; its own notice texts besides."""
    assert (["print"], []) == planned("admin.assembly.convened", PHONE)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({Purpose.SERVICE: ("whatsapp",)}, (["whatsapp", "inbox"], [["print"]])),
        ({Purpose.SERVICE: ("whatsapp", "sms")}, (["whatsapp", "inbox"], [["sms"], ["print"]])),
        ({Purpose.SERVICE: ("email",)}, (["inbox"], [["print"]])),
        ({Purpose.SURVEY: ("whatsapp",)}, (["inbox", "sms"], [["print"]])),
    ],
)
def test_whatsapp_is_for_who_has_chosen_it(
    wishes: dict[Purpose, tuple[str, ...]], expected: tuple[list[str], list[list[str]]]
) -> None:
    somebody = structs.replace(PHONE, preferences=Preferences(channels=wishes))
    buttons = structs.replace(POLICY, residents=structs.replace(POLICY.residents, whatsapp=("all",)))

    assert expected == planned(CIRCULAR, somebody, policy=buttons)


def test_who_wants_texts_alone_gets_them_instead_of_the_mail() -> None:
    both = person(email(), mobile())
    texts, mail = (
        structs.replace(both, preferences=Preferences(channels={Purpose.SERVICE: chosen}))
        for chosen in (("sms",), ("email", "sms"))
    )

    assert (["sms", "inbox"], [["print"]]) == planned(CIRCULAR, texts)
    assert (["email", "inbox"], [["print"]]) == planned(CIRCULAR, mail)


def test_legal_notice_goes_by_sms_which_names_each_unit() -> None:
    wishes = Preferences(channels={Purpose.SERVICE: ("whatsapp",)})
    buttons = structs.replace(POLICY, residents=structs.replace(POLICY.residents, whatsapp=("all",)))
    minutes = planned("admin.minutes.published", structs.replace(PHONE, preferences=wishes), policy=buttons)

    assert (["inbox", "sms"], [["print"]]) == minutes


def test_without_a_template_that_has_the_button_whatsapp_leads_nowhere() -> None:
    somebody = structs.replace(
        PHONE, preferences=Preferences(channels={Purpose.SERVICE: ("whatsapp", "sms")})
    )

    assert (["sms", "inbox"], [["print"]]) == planned(CIRCULAR, somebody)


def test_policy_may_leave_it_to_the_letter_and_without_links_it_is_one() -> None:
    letters = structs.replace(POLICY, texts=TextPolicy(events=(), channels=("sms",)))

    assert (["inbox"], [["print"]]) == planned(CIRCULAR, PHONE, policy=letters)
    assert (["inbox"], [["print"]]) == planned(CIRCULAR, PHONE, links=lambda: False)


def test_event_that_does_not_exist_prevents_the_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("policy") / "policy.toml"
    file.write_text('[texts]\nevents = ["admin.circular"]')

    with pytest.raises(InvalidPolicy, match=r"^texts\.events: admin\.circular is not known"):
        _ = CompanyRules(load({"HUB_POLICY": str(file)})).policy


@pytest.mark.parametrize("name", POLICY.texts.events)
def test_text_says_what_it_is_about_in_one_part(name: str) -> None:
    said = replace(given(name), building="Conjunto Residencial Altos del Rosal")
    text = TEMPLATES.render(name, "sms", said, variant=None).text

    assert text.startswith("Altos del Rosal: ")
    assert text.endswith(END)
    assert 1 == segments(text).parts


def test_long_title_is_cut_between_words_and_a_text_without_a_link_is_none() -> None:
    said = given(CIRCULAR)
    said = replace(said, data={**said.data, "title": "Cierre temporal de la piscina por mantenimiento " * 4})
    text = TEMPLATES.render(CIRCULAR, "sms", said, variant=None).text

    assert 1 == segments(text).parts
    assert text.endswith(f"... Ver: {LINK}")
    with pytest.raises(TemplateFailure):
        TEMPLATES.render(CIRCULAR, "sms", replace(said, own_page_url=None), variant=None)


def test_dry_run_and_case_show_the_text_without_its_link() -> None:
    sent = message(event=CIRCULAR, channel="sms", audience=0, purpose=Purpose.SERVICE)
    data = event(CIRCULAR).data
    claimed = claim_of(sent, data=data)

    assert render_again(CompanyRules(load({})), claimed).text.endswith(" Ver: (enlace personal)")


def test_only_what_planning_has_added_is_such_a_text() -> None:
    assert is_text(message(event=CIRCULAR, channel="sms", audience=0, purpose=Purpose.SERVICE))
    assert not is_text(message(event=CIRCULAR, channel="email", audience=0, purpose=Purpose.SERVICE))
    assert not is_text(message(event="pqrs.received", channel="sms", audience=0))
    assert not is_text(
        message(event="emergency.updated", channel="sms", audience=0, purpose=Purpose.EMERGENCY)
    )


@pytest.mark.parametrize(("after", "shown"), [(HOUR, "https://hub.example.co/d/x"), (48 * HOUR, "")])
def test_page_leads_to_the_document_while_its_link_works(after: timedelta, shown: str) -> None:
    until = MONDAY + 24 * HOUR
    document = SentDocument(
        sha256="0", kind="application/pdf", name="acta.pdf", link="https://hub.example.co/d/x", until=until
    )
    facts = Facts(at=MONDAY, document=document)
    accepted = Attempt(
        message_id=UUID(int=1), at=MONDAY, outcome="accepted", evidence=Evidence(digest=b"", facts=facts)
    )
    made = Remade(call=Call(attempt=accepted, version=None), finding=Finding.SAME)

    assert shown == document_link([made], {"document_ref": "https://portal.example.com/a"}, MONDAY + after)


def test_page_leads_to_the_publisher_where_the_hub_has_no_document() -> None:
    accepted = Attempt(message_id=UUID(int=1), at=MONDAY, outcome="accepted")
    made = Remade(call=Call(attempt=accepted), finding=Finding.SAME)
    links = [
        document_link([made], {"document_ref": given}, MONDAY)
        for given in ("https://portal.example.com/a", "http://portal.example.com/a", "acta-48")
    ]

    assert ["https://portal.example.com/a", "", ""] == links
