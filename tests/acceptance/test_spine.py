"""Real events in, real messages out, as seen from outside."""

import json
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.one_hub import home, running
from tests.acceptance.publisher_queue import Lasting
from tests.providers.smtp_conversation import Mail

__all__ = ["home", "running"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_payment_becomes_a_mail_and_a_push_to_the_payer(home: Lasting) -> None:
    await directory.publish_all(home.publisher)
    event_id = await home.publish("admin.payment.received", directory.PAYMENT)
    await until(lambda: bool(_paid(home) and _pushes(home, "pago")), "the mail and the push")
    listed = await home.house.settled(event_id)

    [mail] = _paid(home)
    assert mail.recipient == "ana@example.co"
    assert mail.message["Message-ID"].startswith("<")
    [push] = _pushes(home, "pago")
    assert push["token"] == ("t" * 40)
    # She is the payer, and so notified at once; as the owner she reads her balance in the app.
    assert {("email", "sent"), ("push", "sent"), ("inbox", "waiting")} == {
        (item["channel"], item["state"]) for item in listed
    }
    assert {"p-ana"} == {item["person"] for item in listed}


def _paid(home: Lasting) -> list[Mail]:
    return [mail for mail in home.house.smtp.mails if "385.000" in _text_of(mail)]


def _text_of(mail: Mail) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _pushes(home: Lasting, word: str) -> list[dict[str, Any]]:
    return [push for push in home.house.fcm.pushes if word in push["notification"]["title"]]


async def test_a_stranger_with_a_number_gets_a_mail_and_a_text_with_the_radicado(home: Lasting) -> None:
    await directory.publish_all(home.publisher)
    petitioner = {"name": "Pedro Gómez", "email": "pedro@example.co", "phone": "300 555 1234"}
    await home.publish("pqrs.received", directory.pqrs(1, petitioner=petitioner))

    def texts() -> list[str]:
        return [text.body for text in home.house.twilio.texts if text.to == "+573005551234"]

    mail = await home.mail("pedro@example.co")
    await until(lambda: bool(texts()), "the text")

    assert "PQ-2026-000001" in mail.message["Subject"]
    assert "PQ-2026-000001" in texts()[0]


async def test_an_emergency_reaches_the_residents_on_every_channel_that_there_is(home: Lasting) -> None:
    await directory.publish_all(home.publisher)
    # The directory travels in the normal lane and the emergency in the urgent one.
    await until(lambda: _known(home.house, "p-ana"), "the directory to be taken in")
    event_id = await home.publish("emergency.declared", directory.DRILL)

    def mails() -> list[Mail]:
        return [mail for mail in home.house.smtp.mails if "escalera norte" in _text_of(mail)]

    def texts() -> list[str]:
        return [text.body for text in home.house.twilio.texts if text.body.startswith("SIMULACRO")]

    await until(lambda: bool(mails() and texts() and _pushes(home, "SIMULACRO")), "all three channels")

    listed = await home.house.settled(event_id)
    assert len(texts()) == len([row for row in listed if row["channel"] == "sms"])
    for push in _pushes(home, "SIMULACRO"):
        assert push["notification"]["title"].startswith("SIMULACRO")
        assert push["android"]["priority"] == "HIGH"


async def _known(house: House, person: str) -> bool:
    connection = await asyncpg.connect(house.database_url)
    try:
        return bool(await connection.fetchval("SELECT count(*) FROM membership WHERE person_id = $1", person))
    finally:
        await connection.close()


async def test_an_event_in_binary_mode_is_the_same_event(home: Lasting) -> None:
    data = directory.pqrs(7)
    headers = {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": "binary-1",
        "cloudEvents_source": "urn:test:publisher",
        "cloudEvents_type": "co.coproservicios.pqrs.received.v1",
        "cloudEvents_time": datetime.now(UTC).isoformat(),
    }
    await home.publish_raw(json.dumps(data).encode(), "pqrs.received", "application/json", headers)

    assert (await home.mail("pedro7@example.co")).recipient == "pedro7@example.co"


async def test_a_duplicate_is_not_notified_twice(home: Lasting) -> None:
    first = await home.publish("pqrs.received", directory.pqrs(2), id="same")
    await home.mail("pedro2@example.co")
    await home.publish("pqrs.received", directory.pqrs(2), id="same")
    await home.publish("pqrs.received", directory.pqrs(3))
    await home.mail("pedro3@example.co")

    assert first == "same"
    assert [1, 1] == [len(home.mails(f"pedro{number}@example.co")) for number in (2, 3)]


async def test_an_error_names_the_field_and_can_be_replayed_after_correction(home: Lasting) -> None:
    broken = {**directory.pqrs(4), "kind": "canción"}
    await home.publish("pqrs.received", broken)
    refused = await home.refused("pqrs.received")
    items = json.loads(await home.house.command("dead", "list", "--json"))["items"]

    [letter] = [item for item in items if item["id"] == refused["id"]]
    assert letter["field"] == "data.kind"
    assert "reclamo" in letter["reason"]
    assert "canción" not in letter["reason"]
    assert letter["event_type"] == "co.coproservicios.pqrs.received.v1"
