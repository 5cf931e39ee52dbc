"""Somebody answers a message of an emergency, as seen from outside: the desk's phone, and the answer."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest

from hub.local.loopback import free_port
from hub.storage import Database
from tests.acceptance.conftest import House
from tests.acceptance.directory import BUILDING, _member, _person, publish_all
from tests.acceptance.harness import Publisher, until
from tests.acceptance.test_mail_in import bring
from tests.providers.smtp_conversation import Mail
from tests.providers.whatsapp import notice, text_item

WORDS = "Estoy atrapado en el 301"
ANA, DESK = "+573001234567", "+573105550199"
ANAS_MAIL = "ana@example.co"
DESK_DEVICE = "d" * 40
AT_ONCE = 2.0
"""Seconds until the desk's phone has it."""
DECLARED = {
    "copropiedad_id": BUILDING,
    "emergency_id": "eme-1",
    "kind": "incendio",
    "severity": "alta",
    "instruction": "Salga por las escaleras.",
    "contact": "Línea de emergencias 601 555 0199",
    "scope": "Torre 1",
    "drill": False,
}


@dataclass
class Night:
    """A hub whose residents have just been told of an emergency."""

    house: House
    port: int
    mail_port: int

    @property
    def desk_texts(self) -> list[str]:
        return [text.body for text in self.house.twilio.texts if text.to == DESK and WORDS in text.body]

    @property
    def desk_pushes(self) -> list[dict[str, Any]]:
        return [push for push in self.house.fcm.pushes if WORDS in json.dumps(push, ensure_ascii=False)]

    async def by_sms(self) -> None:
        hook = f"http://127.0.0.1:{self.port}/hooks/twilio/inbound"
        assert 204 == await self.house.twilio.bring(hook, ANA, WORDS)

    async def by_whatsapp(self) -> None:
        item = {**text_item(ANA[1:], WORDS), "id": "wamid.1", "timestamp": str(int(time.time()) + 1)}
        assert 200 == await self.house.whatsapp.call(notice(messages=[item]))

    async def by_mail(self) -> None:
        [mail] = [mail for mail in self.house.smtp.mails if mail.recipient == ANAS_MAIL]
        (reply_to,) = mail.message["Reply-To"].addresses
        answer = EmailMessage()
        answer["From"], answer["To"] = f"Ana <{ANAS_MAIL}>", reply_to.addr_spec
        answer["Subject"], answer["Message-ID"] = "Re: EMERGENCIA", "<r1@example.co>"
        answer.set_content(WORDS)
        assert 250 == await bring(self.mail_port, ANAS_MAIL, reply_to.addr_spec, answer.as_string())

    def answers(self, channel: str) -> list[str]:
        """Return what Ana was told in answer, by this channel."""
        texts = {
            "sms": [text.body for text in self.house.twilio.texts if text.to == ANA],
            "whatsapp": [" ".join(note.parameters.values()) for note in self.house.whatsapp.notes],
            "mail": [plain_text(mail) for mail in self.house.smtp.mails if mail.recipient == ANAS_MAIL],
        }
        return texts[channel]


def plain_text(mail: Mail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@asynccontextmanager
async def night(house: House, mail_port: int) -> AsyncIterator[tuple[Night, Publisher]]:
    port = free_port()
    hub = f"http://127.0.0.1:{port}"
    house.settings |= {
        "HUB_HTTP": f"127.0.0.1:{port}",
        "HUB_PUBLIC_URL": hub,
        "HUB_SMS_URL": f"{house.twilio.url}&two_way=true",
        "HUB_WHATSAPP_URL": house.whatsapp.url,
    }
    house.whatsapp.hook = f"{hub}/hooks/whatsapp"
    house.whatsapp.approve(json.loads(await house.command("template", "whatsapp", "--json")))
    async with house.running() as publisher, Database(house.database_url) as database:
        await publish_all(publisher)
        await _person(
            publisher, "p-desk", "Portería Torre", phone="3105550199", push=DESK_DEVICE, email="d@example.co"
        )
        await _member(publisher, "m-desk", "p-desk", f"copropiedad:{BUILDING}", "staff", duty="front_desk")

        async def is_on_duty() -> bool:
            return bool(await database.rows("SELECT FROM membership WHERE id = 'm-desk'"))

        # The urgent lane would overtake the directory.
        await until(is_on_duty, "the directory")
        await publisher.publish("emergency.declared", DECLARED)
        told = Night(house, port, mail_port)
        await until(lambda: all(map(told.answers, ("sms", "whatsapp", "mail"))), "the emergency's messages")
        yield told, publisher


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "mail"])
async def test_desk_has_a_call_for_help_within_two_seconds_and_the_writer_an_answer(
    house: House, port: int, channel: str
) -> None:
    async with night(house, port) as (told, _):
        before = len(told.answers(channel))
        began = time.monotonic()
        await getattr(told, f"by_{channel}")()
        await until(lambda: bool(told.desk_texts and told.desk_pushes), "the desk's phone")
        took = time.monotonic() - began
        await until(lambda: len(told.answers(channel)) > before, "the answer")
        clocks = json.loads(await house.command("clocks", "--json"))["items"]

    assert took < AT_ONCE
    [text] = told.desk_texts
    assert "Ana" in text
    assert "101" in text
    assert ANA in text
    assert "TOMO" in text
    [push] = told.desk_pushes
    assert DESK_DEVICE == push["token"]
    answer = told.answers(channel)[-1]
    assert "601 555 0199" in answer
    assert "Salga por las escaleras" in answer
    assert "emergency_reply" in {clock["name"] for clock in clocks}
    assert WORDS not in (house.folder / "hub.log").read_text()


async def test_tomo_of_the_desk_ends_the_call(house: House, port: int) -> None:
    async with night(house, port) as (told, _):
        await told.by_sms()
        await until(lambda: bool(told.desk_texts), "the desk's phone")
        hook = f"http://127.0.0.1:{told.port}/hooks/twilio/inbound"
        assert 204 == await house.twilio.bring(hook, DESK, "TOMO")

        async def ended() -> bool:
            clocks = json.loads(await house.command("clocks", "--json"))["items"]
            return "emergency_reply" not in {clock["name"] for clock in clocks}

        await until(ended, "the end of the clock")
