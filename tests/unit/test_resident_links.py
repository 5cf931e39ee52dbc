"""Messages with the link to their own page, and the page that it opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from msgspec import structs

from hub.access.document_tokens import read_token
from hub.access.keyring import KeyRing
from hub.access.resident_links import ResidentLinks
from hub.model import Facts, Purpose
from hub.model.inbox import InboxEntry
from hub.operations.residents.own_message import shown_text
from hub.rendering.board import code_of
from hub.settings import Secret
from hub.sla.ack_links import PERSONAL, without_link
from tests.contract.values import NOON, message
from tests.unit.test_templates import TEMPLATES, context, examples

HUB: Final = "https://hub.example.co"
LASTS: Final = timedelta(days=90)
RING: Final = KeyRing([Secret("a-secret-that-nobody-guesses-and-long")])
LINKS: Final = ResidentLinks(public_url=HUB, ring=RING, lifetime=LASTS)


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_link_opens_one_message_for_ninety_days() -> None:
    mail = message()
    token = LINKS.read(token_of(LINKS.of(mail, NOON)))

    assert token is not None
    assert (mail.id, NOON + LASTS) == (token.message_id, token.ends_at)


def test_messages_to_people_outside_have_a_link_where_it_costs_nothing() -> None:
    assert LINKS.of(message(channel="print"), NOON)
    assert LINKS.of(message(channel="push"), NOON)
    assert "" == LINKS.of(message(channel="sms"), NOON)
    assert "" == LINKS.of(message(channel="voice"), NOON)
    assert "" == LINKS.of(message(purpose=Purpose.INTERNAL), NOON)
    for bare in (
        ResidentLinks(public_url=HUB, ring=KeyRing([]), lifetime=LASTS),
        ResidentLinks(public_url="http://hub.example.co", ring=RING, lifetime=LASTS),
    ):
        assert "" == bare.of(message(), NOON)


def test_texts_and_whatsapp_have_a_link_if_the_policy_says_so_and_texts_of_an_emergency_never() -> None:
    asked = replace(LINKS, carriers=frozenset({"sms", "whatsapp"}))

    assert asked.of(message(channel="whatsapp"), NOON)
    assert asked.of(message(channel="sms"), NOON)
    assert "" == asked.of(message(channel="sms", purpose=Purpose.INTERNAL), NOON)
    assert "" == asked.of(message(channel="sms", purpose=Purpose.EMERGENCY), NOON)


def test_entry_of_an_inbox_has_a_link_from_when_it_came_until_it_ends() -> None:
    item = InboxEntry(
        id=message().id,
        event="pqrs.replied",
        case=None,
        subject="",
        text="",
        html="",
        created_at=NOON,
        read_at=None,
        recalled_at=None,
        correction=None,
        purpose=Purpose.SERVICE,
    )
    token = LINKS.read(token_of(LINKS.of_entry(item, NOON + timedelta(days=89))))

    assert token is not None
    assert (item.id, NOON + LASTS) == (token.message_id, token.ends_at)
    assert "" == LINKS.of_entry(item, NOON + LASTS)
    assert "" == LINKS.of_entry(structs.replace(item, purpose=Purpose.INTERNAL), NOON)
    assert "" == LINKS.of_entry(structs.replace(item, purpose=None), NOON)
    assert "" == replace(LINKS, public_url="http://hub.example.co").of_entry(item, NOON)


def test_link_of_a_document_opens_no_page_and_the_other_way_round() -> None:
    assert read_token(RING, token_of(LINKS.of(message(), NOON))) is None


def test_link_outlives_the_rotation_of_its_key_and_ends_with_its_removal() -> None:
    token, newer = token_of(LINKS.of(message(), NOON)), Secret("another-secret-that-is-as-long-as-needed")
    old = Secret("a-secret-that-nobody-guesses-and-long")
    rotated = ResidentLinks(public_url=HUB, ring=KeyRing([newer, old]), lifetime=LASTS)
    removed = ResidentLinks(public_url=HUB, ring=KeyRing([newer]), lifetime=LASTS)

    assert rotated.read(token) is not None
    assert removed.read(token) is None


def test_readers_of_a_case_do_not_get_the_link() -> None:
    assert f"Vea: {PERSONAL}" == without_link(f"Vea: {LINKS.of(message(), NOON)}")


def test_page_drops_links_that_act_for_the_recipient() -> None:
    own, stop, survey = LINKS.of(message(), NOON), f"{HUB}/unsubscribe/1?sig=2", "https://e.example.com/7"
    facts = Facts(at=NOON, own_page=own, unsubscribe=stop, link=survey)
    text = f"Hola\nResponda: {survey}\nVer este mensaje y su caso: {own}\nNo quiero más: {stop}\nAdiós"

    assert f"Hola\nResponda: {PERSONAL}\nAdiós" == shown_text(text, facts)


def test_page_drops_the_end_of_a_text_and_the_button_of_a_whatsapp_message() -> None:
    own = LINKS.of(message(), NOON)
    facts = Facts(at=NOON, own_page=own)

    assert "Recibimos su petición." == shown_text(f"Recibimos su petición. Ver: {own}", facts)
    assert "We have your parcel." == shown_text(f"We have your parcel. See: {own}", facts)
    assert "Recibimos.\n\nSu caso sigue.\n" == shown_text(
        f"Recibimos.\n\nSu caso sigue.\n\nVer este mensaje: {own}", facts
    )


def test_letter_has_the_link_as_a_code_and_none_without_it() -> None:
    link = LINKS.of(message(channel="print"), NOON)
    said = context("pqrs.received", examples("pqrs.received")[0])
    letter = TEMPLATES.render("pqrs.received", "print", replace(said, own_page_url=link), variant=None)
    plain = TEMPLATES.render("pqrs.received", "print", said, variant=None)

    assert code_of(link) in letter.html
    assert "cómo va su caso" in letter.html
    assert "cómo va su caso" not in plain.html
