"""Real events in, real messages out, as seen from outside."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import asyncpg

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until


async def test_a_payment_becomes_a_mail_and_a_push_to_the_payer(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        event_id = await publisher.publish(
            "admin.payment.received",
            {
                "payment_id": "pago-1",
                "unit_id": "u-101",
                "amount_cop": 385_000,
                "method": "pse",
                "paid_at": "2026-03-09T08:05:00-05:00",
                "receipt_no": "RC-88",
                "balance_cop": 0,
            },
        )
        await until(lambda: bool(house.smtp.mails and house.fcm.pushes), "the mail and the push")
        listed = await house.settled(event_id)

    mail = house.smtp.mails[0]
    message = mail.message
    body = message.get_body(("plain",))
    assert body is not None
    assert mail.recipient == "ana@example.co"
    assert "385.000" in body.get_content()
    assert message["Message-ID"].startswith("<")
    assert house.fcm.pushes[0]["token"] == ("t" * 40)
    # She is the payer, and so notified at once; as the owner she reads her balance in the app.
    assert {("email", "sent"), ("push", "sent"), ("inbox", "waiting")} == {
        (item["channel"], item["state"]) for item in listed
    }
    assert {"p-ana"} == {item["person"] for item in listed}


async def test_a_stranger_with_a_number_gets_a_mail_and_a_text_with_the_radicado(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        petitioner = {"name": "Pedro Gómez", "email": "pedro@example.co", "phone": "300 555 1234"}
        await publisher.publish("pqrs.received", directory.pqrs(1, petitioner=petitioner))
        await until(lambda: bool(house.smtp.mails and house.twilio.texts), "the mail and the text")

    assert "PQ-2026-000001" in house.smtp.mails[0].message["Subject"]
    assert house.twilio.texts[0].to == "+573005551234"
    assert "PQ-2026-000001" in house.twilio.texts[0].body


async def test_an_emergency_reaches_the_residents_on_every_channel_that_there_is(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        # The directory travels in the normal lane and the emergency in the urgent one.
        await until(lambda: _known(house, "p-ana"), "the directory to be taken in")
        await publisher.publish(
            "emergency.declared",
            {
                "copropiedad_id": directory.BUILDING,
                "emergency_id": "em-1",
                "kind": "incendio",
                "severity": "alta",
                "instruction": "Evacúe por la escalera norte.",
                "contact": "123",
                "scope": "copropiedad",
                "drill": True,
            },
        )
        await until(
            lambda: bool(house.smtp.mails and house.twilio.texts and house.fcm.pushes), "all three channels"
        )

    assert house.twilio.texts[0].body.startswith("SIMULACRO")
    assert house.fcm.pushes[0]["notification"]["title"].startswith("SIMULACRO")
    assert house.fcm.pushes[0]["android"]["priority"] == "HIGH"


async def _known(house: House, person: str) -> bool:
    connection = await asyncpg.connect(house.database_url)
    try:
        return bool(await connection.fetchval("SELECT count(*) FROM membership WHERE person_id = $1", person))
    finally:
        await connection.close()


async def test_an_event_in_binary_mode_is_the_same_event(house: House) -> None:
    data = directory.pqrs(7)
    headers = {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": "binary-1",
        "cloudEvents_source": "urn:test:publisher",
        "cloudEvents_type": "co.coproservicios.pqrs.received.v1",
        "cloudEvents_time": datetime.now(UTC).isoformat(),
    }
    async with house.running() as publisher:
        await publisher.publish_bytes(json.dumps(data).encode(), "pqrs.received", "application/json", headers)
        await until(lambda: bool(house.smtp.mails), "the mail")

    assert house.smtp.mails[0].recipient == "pedro7@example.co"


async def test_a_duplicate_is_not_notified_twice(house: House) -> None:
    async with house.running() as publisher:
        first = await publisher.publish("pqrs.received", directory.pqrs(2), id="same")
        await until(lambda: len(house.smtp.mails) == 1, "the first mail")
        await publisher.publish("pqrs.received", directory.pqrs(2), id="same")
        await publisher.publish("pqrs.received", directory.pqrs(3))
        await until(lambda: any("pedro3" in mail.recipient for mail in house.smtp.mails), "the mail after it")

    assert first == "same"
    assert sorted(mail.recipient for mail in house.smtp.mails) == ["pedro2@example.co", "pedro3@example.co"]


async def test_an_error_names_the_field_and_can_be_replayed_after_correction(house: House) -> None:
    async with house.running() as publisher:
        broken = {**directory.pqrs(4), "kind": "canción"}
        await publisher.publish("pqrs.received", broken)

        async def buried() -> bool:
            return bool(json.loads(await house.command("dead", "list", "--json"))["items"])

        await until(buried, "the dead letter")
        letter = json.loads(await house.command("dead", "list", "--json"))["items"][0]

    assert letter["field"] == "data.kind"
    assert "reclamo" in letter["reason"]
    assert "canción" not in letter["reason"]
    assert letter["event_type"] == "co.coproservicios.pqrs.received.v1"
