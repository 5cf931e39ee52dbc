"""The link to a message's page at the end of a text, and behind the button of a WhatsApp message."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
import pytest
from typer.testing import CliRunner

from hub.cli.check import house
from hub.cli.main import app
from hub.errors import HubError, InvalidPolicy
from hub.model import Facts, Json, Rendered
from hub.parts.company import CompanyRules
from hub.policy.values import TextLink
from hub.rendering import Templates, Texting
from hub.rendering.context import Context
from hub.rendering.own_links import with_own_link
from hub.settings import load
from hub.sms_text import segments
from tests.contract.values import NOON
from tests.unit.test_template_check import SOURCE, checked, own
from tests.unit.test_templates import COMPANY, POLICY, TEMPLATES, context, examples

LINK: Final = f"https://hub.example.co/mi/{'A' * 43}"
END: Final = f" Ver: {LINK}"
EVENT: Final = "pqrs.replied"
NAME: Final = "pqrs_replied"
PARCEL: Final = "concierge.package.received"
BARE: Final = Texting(own_link=TextLink.NEVER)


def given(event: str = EVENT, link: str | None = LINK) -> Context:
    return replace(context(event, examples(event)[0]), own_page_url=link)


def words(rule: TextLink = TextLink.FITS, link: str | None = LINK) -> dict[str, Json]:
    return {"own_page": link, "own_link_rule": rule, "own_link_word": "Ver:"}


def with_texting(texting: Texting) -> Templates:
    return Templates.load(company=COMPANY, clocks=POLICY.clocks, calendar=POLICY.calendar, texting=texting)


@pytest.mark.parametrize(
    ("length", "has_link"),
    [(1, True), (159 - len(END), True), (160 - len(END), False), (160, False), (165, True), (306, False)],
)
def test_text_has_its_link_only_where_it_costs_no_further_part(length: int, has_link: bool) -> None:
    text = "x" * length
    made = with_own_link(text, words())

    assert has_link is made.endswith(END)
    assert segments(text).parts == segments(made).parts
    assert text == with_own_link(text, words(link=None))


def test_policy_may_pay_for_a_part_or_leave_the_link_out() -> None:
    text = "x" * 159 + "."

    assert f"{text}{END}" == with_own_link(text, words(TextLink.ALWAYS))
    assert "Hola." == with_own_link("Hola.", words(TextLink.NEVER))


def test_unicode_text_is_measured_as_such() -> None:
    assert "Petición." == with_own_link("Petición.", words())


@pytest.mark.parametrize("rule", list(TextLink))
def test_code_stands_before_the_link_and_neither_costs_a_part_that_nobody_allowed(rule: TextLink) -> None:
    genuine = "https://hub.example.co/v/K7F2M9QDTX"
    said = replace(given(PARCEL), genuine=genuine, building="Rosal")
    bare = replace(said, genuine=None, own_page_url=None)
    text, plain = (
        with_texting(Texting(own_link=rule)).render(PARCEL, "sms", one, variant=None).text
        for one in (said, bare)
    )
    allowed = {TextLink.FITS: 0, TextLink.ALWAYS: 1, TextLink.NEVER: 0}[rule]

    assert segments(text).parts <= segments(plain).parts + allowed
    assert text.endswith(END) or rule is not TextLink.ALWAYS
    if "Verifique:" in text and END in text:
        assert text.index("Verifique:") < text.index(END)


def test_code_comes_first_where_both_have_room() -> None:
    texts = with_texting(Texting(own_link=TextLink.ALWAYS, code_part=True))
    said = replace(given(), genuine="https://hub.example.co/v/K7F2M9QDTX")
    text = texts.render(EVENT, "sms", said, variant=None).text

    assert text.endswith(f"Verifique: hub.example.co/v K7F2M9QDTX.{END}")


def test_english_text_says_it_in_english() -> None:
    texts = with_texting(Texting(own_link=TextLink.ALWAYS))
    said = given(PARCEL)
    text = texts.render(PARCEL, "sms", said, variant=None, locale="en").text

    assert text.endswith(f" See: {LINK}")


def whatsapp(texting: Texting, said: Context | None = None, **about: str) -> Rendered:
    return with_texting(texting).render(EVENT, "whatsapp", said or given(), variant=None, **about)


@pytest.mark.parametrize("names", [{NAME}, {"all"}, {NAME, "payment"}])
def test_approved_template_gets_the_end_of_the_link_and_says_where_the_button_leads(names: set[str]) -> None:
    plain, made = (
        TEMPLATES.render(EVENT, "whatsapp", given(), variant=None),
        whatsapp(Texting(buttons=frozenset(names))),
    )

    assert "A" * 43 == made.button
    assert f"{plain.text}\n\nVer este mensaje: {LINK}" == made.text
    assert (plain.template, plain.parameters) == (made.template, made.parameters)


def test_template_without_an_approved_button_and_message_without_a_link_stay_as_they_are() -> None:
    without = TEMPLATES.render(EVENT, "whatsapp", given(link=None), variant=None)

    assert without == whatsapp(Texting())
    assert without == whatsapp(Texting(buttons=frozenset({"pqrs_received"})))
    assert without == whatsapp(Texting(buttons=frozenset({NAME})), given(link=None))


def test_template_that_staff_reads_never_has_a_button() -> None:
    texts = with_texting(Texting(buttons=frozenset({"all"})))
    asked = {
        approved.name: bool(filled.button)
        for event in ("pqrs.replied", "hub.trouble.began")
        for approved, filled in texts.to_approve(event, examples(event)[0])
    }

    assert {"pqrs_replied": True, "hub_trouble_began": False} == asked


@pytest.mark.parametrize("name", ["pqrs_replyed", "hub_trouble_began"])
def test_button_of_a_template_that_is_not_there_or_that_staff_reads_prevents_the_start(
    tmp_path: Path, name: str
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[residents]\nwhatsapp = ["{NAME}", "{name}"]\n')
    rules = CompanyRules(load({"HUB_POLICY": str(policy)}))

    with pytest.raises(InvalidPolicy, match=f"called {name}"):
        _ = rules.templates


def test_preview_shows_the_link_of_each_channel_and_none_of_a_one_time_code() -> None:
    texts = with_texting(Texting(own_link=TextLink.ALWAYS))
    shown = texts.preview(EVENT, examples(EVENT)[0])
    code = texts.preview("resident.code.requested", examples("resident.code.requested")[0])
    urgent = texts.preview("emergency.declared", examples("emergency.declared")[0])

    assert "Ver: https://hub.example.co/mi/" in shown["sms"].text
    assert "Ver este mensaje y su caso: https://hub.example.co/mi/" in shown["email"].text
    assert not [name for name, made in code.items() if "/mi/" in made.text + made.html]
    assert "/mi/" not in urgent["sms"].text


def test_check_allows_the_part_that_the_policy_pays_for_and_counts_the_link_in_it(tmp_path: Path) -> None:
    paid = Texting(own_link=TextLink.ALWAYS)
    long = own(tmp_path, SOURCE.replace("{% block sms %}", "{% block sms %}" + "Le pedimos paciencia. " * 6))
    parts = [
        [one.means for one in checked(long, texting=said) if one.rule == "segments"] for said in (BARE, paid)
    ]

    assert [] == checked(texting=paid)
    assert [["2 parts; at most 1"], ["3 parts; at most 2"]] == [sorted(set(means)) for means in parts]


def test_facts_of_a_link_take_less_than_ninety_bytes() -> None:
    bare, linked = (len(msgspec.json.encode(Facts(at=NOON, own_page=page))) for page in ("", LINK))

    assert linked - bare < 90


def test_button_is_asked_for_only_where_there_is_an_address_that_it_can_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ["template", "whatsapp", EVENT, "--button", "--json"]
    refused = CliRunner().invoke(app, asked)
    monkeypatch.setenv("HUB_SECRET", "a-secret-that-nobody-guesses-and-long-enough")
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://avisos.example.co")
    [submission] = json.loads(CliRunner().invoke(app, asked).output)

    assert isinstance(refused.exception, HubError)
    assert "https HUB_PUBLIC_URL" in str(refused.exception)
    [button] = submission["components"][1]["buttons"]
    assert "https://avisos.example.co/mi/{{1}}" == button["url"]


@pytest.mark.parametrize("url", ["http://avisos.example.co", "https://avisos.example.co"])
async def test_check_says_that_a_button_without_signed_links_loses_messages(tmp_path: Path, url: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[residents]\nwhatsapp = ["all"]\n')
    secret = "a-secret-that-nobody-guesses-and-long-enough"
    found = await house.policy(load({"HUB_POLICY": str(policy), "HUB_PUBLIC_URL": url, "HUB_SECRET": secret}))

    assert url.startswith("http://") is any("WhatsApp con botón" in finding.what for finding in found)
