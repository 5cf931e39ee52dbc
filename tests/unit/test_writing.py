"""Words of staff to one person: their event, their channel, and how they leave."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.channels.email.mime import build_email
from hub.channels.whatsapp.payload import encode
from hub.errors import ChannelClosed
from hub.model import Facts, Rendered, Sender
from hub.model.casework import LastWord
from hub.operations.cases.writing import (
    LONGEST_SMS,
    Conversation,
    Way,
    answering,
    chosen,
    preferred,
    window_of,
    written,
)
from hub.rendering.context import Context
from tests.providers.samples import outgoing
from tests.unit.factories import SCHEMAS
from tests.unit.test_templates import TEMPLATES

NOW: Final = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
MAIL: Final = LastWord(
    id=UUID(int=1),
    channel="email",
    address="maria@example.com",
    reference="<CAF1@mail.example.com>",
    at=NOW - HOUR,
    thread="de-1",
    subject="Llave de la bicicletera",
    person="p-maria",
    name="María Peña",
    copropiedad="ph-1",
)
CHAT: Final = structs.replace(
    MAIL, id=UUID(int=2), channel="whatsapp", address="+573001234567", reference="wamid.1", subject=""
)
OPEN: Final = Way(channel="whatsapp", open=True, until=NOW + HOUR)
BY: Final[dict[str, Any]] = {"who": "account:ana", "name": "Ana Ruiz", "form": "f", "now": NOW}


def talk(*last: LastWord, **fields: Any) -> Conversation:
    return Conversation(thread="de-1", last=last, copropiedad="ph-1", **fields)


def test_mail_that_belongs_to_nothing_is_answered_to_its_writer_in_its_thread() -> None:
    event = written(talk(MAIL), Way(channel="email", open=True), "Está en la portería.", **BY)
    SCHEMAS.check(event, now=NOW)

    assert {
        "recipient": {"name": "María Peña", "email": "maria@example.com"},
        "subject": "Re: Llave de la bicicletera",
        "mail_reference": "<CAF1@mail.example.com>",
        "agent_name": "Ana Ruiz",
        "words": "Está en la portería.",
    }.items() <= event.data.items()
    assert "thread_id:de-1" == BY_NAME[event.name].case_of(event.data)
    assert event.id == written(talk(MAIL), Way(channel="email", open=True), "Está en la portería.", **BY).id


def test_number_that_wrote_by_whatsapp_is_answered_there_or_by_sms() -> None:
    for channel in ("whatsapp", "sms"):
        event = written(talk(CHAT), replace_way(channel), "Con gusto.", **BY)
        SCHEMAS.check(event, now=NOW)

        assert {"name": "María Peña", "phone": "+573001234567"} == event.data["recipient"]
        assert "mail_reference" not in event.data


def replace_way(channel: str) -> Way:
    return OPEN if channel == "whatsapp" else Way(channel=channel, open=True)


def test_whatsapp_closes_a_day_after_the_last_message_and_refuses_then() -> None:
    """Meta, WhatsApp Business Messaging Policy: the customer service window has 24 hours."""
    day = timedelta(hours=24)

    assert NOW + HOUR == window_of(NOW + HOUR - day, NOW)
    assert window_of(NOW - day, NOW) is None
    with pytest.raises(ChannelClosed, match="more than 24 hours"):
        chosen([Way(channel="whatsapp", open=False, why="window")], "whatsapp", "Hola")


def test_sms_has_three_parts_at_most() -> None:
    with pytest.raises(ChannelClosed, match="at most 450"):
        chosen([Way(channel="sms", open=True)], "sms", "x" * (LONGEST_SMS + 1))


def test_channel_of_the_last_word_is_offered_first_while_it_is_open() -> None:
    mail = Way(channel="email", open=True)
    newer = structs.replace(CHAT, at=NOW)

    assert "whatsapp" == preferred([mail, OPEN], [MAIL, newer])
    assert "email" == preferred([mail, structs.replace(OPEN, open=False)], [MAIL, newer])
    assert preferred([], [MAIL]) is None


def test_answer_repeats_no_re() -> None:
    assert "Re: Llave" == answering("Re: Llave")
    assert answering("  ") is None


def said(channel: str, leaves: datetime) -> Rendered:
    event = written(talk(CHAT, MAIL), OPEN, "Con gusto.\n\nLa portería abre a las 6.", **BY)
    context = Context(
        data=event.data, event_id=event.id, event_time=NOW, event_name=event.name, leaves=leaves
    )
    return TEMPLATES.render(event.name, channel, context, variant=None)


def test_whatsapp_has_the_own_words_within_the_window_and_the_approved_text_after_it() -> None:
    within, after = said("whatsapp", NOW), said("whatsapp", NOW + 2 * HOUR)

    body = json.loads(encode(outgoing("whatsapp", "+573001234567", rendered=within)))
    assert ("text", False) == (body["type"], "template" in body)
    assert "Con gusto.\n\nLa portería abre a las 6.\n\nAna Ruiz" in body["text"]["body"]
    assert "support_written" == after.template


def test_mail_of_an_answer_names_the_mail_that_it_answers_and_no_header_of_its_writer() -> None:
    def headers(reference: str) -> bytes:
        rendered = replace_facts(said("email", NOW), reference)
        sent = outgoing("email", "maria@example.com", rendered=rendered)
        return build_email(sent, sender=Sender(name="", address="a@b.co"), domain="b.co", now=NOW)

    good, forged = headers("<CAF1@mail.example.com>"), headers("<a@b>\r\nBcc: <x@y.co>")

    assert b"In-Reply-To:\r\n <CAF1@mail.example.com>\r\nReferences:\r\n <CAF1@mail.example.com>" in good
    assert b"Bcc" not in forged
    assert b"In-Reply-To" not in forged


def replace_facts(rendered: Rendered, reference: str) -> Rendered:
    return structs.replace(rendered, facts=Facts(at=NOW, in_reply_to=reference))
