"""The bytes of an email, read back with the stdlib's parser."""

from __future__ import annotations

import email
import json
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.channels.email.lists import list_name
from hub.channels.email.mime import build_email, wire_address
from hub.errors import PermanentFailure
from hub.model import Facts, Lane, Outgoing, Purpose, Rendered, Sender
from tests.unit.factories import claim_of, message

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "email_vectors.json").read_text("utf-8"))
NOW = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
ID = UUID("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10")
SENDER = Sender(
    name="COPROSERVICIOS S.A.S.", address="avisos@hub.example.co", reply_to="servicio@hub.example.co"
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def outgoing(
    *,
    name: str = "María Peña",
    address: str = "maria@example.co",
    subject: str = "Radicado",
    text: str = "Hola",
    html: str = "<p>Hola</p>",
) -> Outgoing:
    return Outgoing(
        message=message(id=ID, address=address, name=name),
        rendered=Rendered(subject=subject, text=text, html=html),
    )


def built(message: Outgoing, sender: Sender = SENDER) -> bytes:
    return build_email(message, sender=sender, domain="hub.example.co", now=NOW)


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.SMTP)


def as_one_line(text: str) -> str:
    """The part of any text that a header may keep."""
    turned = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    controls = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *turned}
    return " ".join("".join(" " if char in controls else char for char in text).split())


def shown_name(raw: bytes) -> str:
    """The recipient's name. The parser of some Pythons puts a space between two encoded words."""
    phrase = raw.partition(b"\r\nTo: ")[2].partition(b"<")[0].strip().decode()
    if "=?" in phrase:
        return str(make_header(decode_header(phrase)))
    return str(parsed(raw)["To"].addresses[0].display_name)


def as_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"


def body(raw: bytes, kind: str) -> str:
    part = parsed(raw).get_body((kind,))
    assert part is not None
    return cast(bytes, part.get_payload(decode=True)).decode()


@given(name=ANY_TEXT, subject=ANY_TEXT, text=ANY_TEXT, html=ANY_TEXT)
@example(name="María\r\nBcc: todos@example.co", subject="Hola\r\n\r\n<b>", text=".\r\n.\r\n", html="\r\r\n")
@example(name="=?utf-8?q?falso?=", subject="=?utf-8?q?falso?=", text="a" * 300, html="á" * 300)
@example(name='"Ana" \\ <x@y>', subject="a" * 1200, text=" \t\n", html="=\n--=_")
def test_any_words_read_back_the_same_in_7_bit_short_lines(
    name: str, subject: str, text: str, html: str
) -> None:
    raw = built(outgoing(name=name, subject=subject, text=text, html=html))
    message = parsed(raw)

    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").count(b"\r") == raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert message["Subject"] == as_one_line(subject)
    assert [to.addr_spec for to in message["To"].addresses] == ["maria@example.co"]
    assert shown_name(raw) == as_one_line(name)
    assert message["Bcc"] is None
    assert body(raw, "plain").replace("\r\n", "\n") == as_lines(text)
    if html:
        assert body(raw, "html") == html


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=60))
def test_each_encoded_word_is_short_and_decodes_alone(subject: str) -> None:
    raw = built(outgoing(subject=f"ñ{subject}")).partition(b"\r\nDate:")[0].partition(b"Subject: ")[2]

    for word in raw.decode().split("\r\n "):
        assert len(word) <= 75
        assert word.startswith("=?utf-8?q?")
        assert "�" not in parsed(f"Subject: {word}\r\n\r\n".encode())["Subject"] or "�" in subject


@pytest.mark.parametrize(
    "subject",
    [*(row["decoded"] for row in VECTORS["rfc2047_decode"]), VECTORS["rfc2047_encode_properties"]["text"]],
)
def test_the_vectors_subjects_survive(subject: str) -> None:
    assert parsed(built(outgoing(subject=subject)))["Subject"] == subject


def test_it_names_writer_and_recipient_and_may_be_answered() -> None:
    message = parsed(built(outgoing()))
    headers = {name: str(value) for name, value in message.items()}

    assert headers == {
        "From": '"COPROSERVICIOS S.A.S." <avisos@hub.example.co>',
        "Reply-To": '"COPROSERVICIOS S.A.S." <servicio@hub.example.co>',
        "To": "María Peña <maria@example.co>",
        "Subject": "Radicado",
        "Date": "Mon, 09 Mar 2026 13:05:00 +0000",
        "Message-ID": f"<{ID}@hub.example.co>",
        "MIME-Version": "1.0",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "es",
        "X-Hub-Event": "pqrs.received",
        "Content-Type": f'multipart/alternative; boundary="=_{ID.hex}"',
    }


def test_without_a_reply_address_the_sender_is_answered() -> None:
    message = parsed(built(outgoing(), Sender(name="", address="avisos@hub.example.co")))

    assert (message["From"], message["Reply-To"]) == ("avisos@hub.example.co", "avisos@hub.example.co")


def test_an_answer_goes_to_the_messages_own_address_where_it_has_one() -> None:
    own = f"r+{ID.hex}.{'0' * 20}@respuestas.hub.example.co"
    message = parsed(build_email(outgoing(), sender=SENDER, domain="hub.example.co", now=NOW, reply_to=own))

    assert [own] == [address.addr_spec for address in message["Reply-To"].addresses]
    assert "avisos@hub.example.co" == message["From"].addresses[0].addr_spec


def test_the_same_message_has_the_same_bytes() -> None:
    assert built(outgoing()) == built(outgoing())


def test_text_without_html_is_not_multipart() -> None:
    message = parsed(built(outgoing(html="")))

    assert (message.get_content_type(), message.get_content()) == ("text/plain", "Hola\r\n")


def test_a_spanish_subject_can_be_read_in_the_raw_bytes() -> None:
    raw = built(outgoing(subject="Confirmación de radicación PQ-2026-000123"))

    assert b"\r\nSubject: =?utf-8?q?Confirmaci=C3=B3n_de_radicaci=C3=B3n_PQ-2026-000123?=\r\n" in raw


@pytest.mark.parametrize(
    "address", ["", "maria", "@example.co", "maria@", "a b@example.co", "a@b.co>\r\nBcc: c@d.co", "a@b@\x00"]
)
def test_an_address_that_would_break_a_header_is_a_permanent_failure(address: str) -> None:
    with pytest.raises(PermanentFailure, match="bad_address"):
        built(outgoing(address=address))


@pytest.mark.parametrize(
    ("address", "wire", "utf8"),
    [
        ("maria@example.co", "maria@example.co", False),
        ("maria@peñón.co", "maria@xn--pen-8mak.co", False),
        ("peña@example.co", "peña@example.co", True),
        ("peña@peñón.co", "peña@peñón.co", True),
    ],
)
def test_a_domain_goes_as_idna_but_a_local_part_needs_smtputf8(address: str, wire: str, utf8: bool) -> None:
    raw = built(outgoing(address=address))

    assert wire_address(address) == wire
    assert f"<{wire}>".encode() in raw
    assert raw.isascii() is not utf8


def test_the_stdlib_would_refuse_what_we_collapse() -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        EmailMessage(policy=cast(Any, policy.SMTP))["Subject"] = "a\r\nBcc: b@example.co"


def test_addresses_of_every_legal_length_leave_no_line_over_998() -> None:
    raw = built(outgoing(address=f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.co", name="N" * 500))

    assert max(map(len, raw.split(b"\r\n"))) <= 998


ONE_CLICK_LINK = f"https://hub.example.co/unsubscribe/{ID}?purpose=survey&sig={'0' * 40}"


def listed(**facts: Any) -> EmailMessage:
    mail = outgoing()
    rendered = replace(mail.rendered, facts=Facts(at=NOW, **facts))
    return parsed(built(replace(mail, rendered=rendered)))


def test_mail_that_nobody_has_to_receive_has_the_one_click_of_rfc_8058() -> None:
    mail = listed(unsubscribe=ONE_CLICK_LINK)

    assert f"<{ONE_CLICK_LINK}>" == mail["List-Unsubscribe"].strip()
    assert "List-Unsubscribe=One-Click" == mail["List-Unsubscribe-Post"]


def test_mail_to_many_names_its_list_after_the_building() -> None:
    mail = listed(list_id="maintenance.ph-001", building="Conjunto Altos del Peñón")

    assert mail["List-Id"].endswith("<maintenance.ph-001.hub.example.co>")
    assert "Conjunto Altos del Peñón" in str(make_header(decode_header(mail["List-Id"])))


def test_other_mail_has_no_header_of_a_list() -> None:
    assert not [name for name in listed() if name.startswith("List-")]
    assert not [name for name in parsed(built(outgoing())) if name.startswith("List-")]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"purpose": Purpose.SERVICE, "lane": Lane.BULK}, "admin.ph-1"),
        ({"purpose": Purpose.SURVEY}, "admin.ph-1"),
        ({"purpose": Purpose.COMMERCIAL}, "admin.ph-1"),
        ({"purpose": Purpose.SERVICE}, ""),
        ({"purpose": Purpose.LEGAL, "lane": Lane.BULK}, ""),
        ({"purpose": Purpose.EMERGENCY, "lane": Lane.BULK}, ""),
        ({"purpose": Purpose.SERVICE, "lane": Lane.BULK, "channel": "sms"}, ""),
    ],
)
def test_only_mail_to_many_and_mail_that_may_be_refused_is_of_a_list(
    fields: dict[str, Any], name: str
) -> None:
    claimed = claim_of(
        replace(message(), **{"event": "admin.circular.issued", "channel": "email", **fields}),
        event_time=NOW,
        data={"copropiedad_id": "PH 1"},
        building="Conjunto Altos",
    )

    assert name == list_name(claimed)
