"""Receipts of providers, as seen from outside."""

import json
from typing import Any

from hub.access.keyring import KeyRing
from hub.channels.sms.hooks import Addresses, Use
from hub.local.loopback import free_port
from hub.settings import Secret
from tests.acceptance.conftest import House
from tests.acceptance.directory import BUILDING, pqrs, publish_all
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import reply
from tests.providers.aggregator import Aggregator, post
from tests.providers.smtp_manners import replying


async def test_a_report_of_the_provider_makes_the_text_delivered(house: House) -> None:
    port = free_port()
    house.settings |= {"HUB_HTTP": f"127.0.0.1:{port}", "HUB_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    petitioner = {"name": "Vecina Rosa", "phone": "300 555 0101"}
    async with house.running() as publisher:
        event_id = await publisher.publish("pqrs.replied", reply("rosa", petitioner=petitioner))

        async def state() -> str:
            listed = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))
            return str(listed["items"][0]["state"])

        await until(lambda: bool(house.twilio.texts), "the text")
        answers = [
            await house.twilio.report(house.twilio.texts[0], status) for status in ("sent", "delivered")
        ]
        result = await state()

    assert [204, 204] == answers
    assert "delivered" == result


async def test_a_mail_that_fails_for_good_continues_over_whatsapp_until_it_is_read(house: House) -> None:
    port, whatsapp = free_port(), house.whatsapp
    house.settings |= {"HUB_HTTP": f"127.0.0.1:{port}", "HUB_WHATSAPP_URL": whatsapp.url}
    whatsapp.hook = f"http://127.0.0.1:{port}/hooks/whatsapp"
    whatsapp.approve(json.loads(await house.command("template", "whatsapp", "--json")))
    house.smtp.on("RCPT", replying("550 5.1.1 no such user", about="rosa@"))
    petitioner = {"name": "Vecina Rosa", "email": "rosa@example.co", "phone": "300 555 0102"}
    async with house.running() as publisher:
        event_id = await publisher.publish("pqrs.replied", reply("rosa", petitioner=petitioner))

        async def states() -> dict[str, str]:
            listed = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))
            return {item["channel"]: item["state"] for item in listed["items"]}

        await until(lambda: bool(whatsapp.notes), "the message over WhatsApp")
        (note,) = whatsapp.notes
        answers = [
            await whatsapp.report(note, status) for status in ("sent", "delivered", "read", "delivered")
        ]
        answers.append(await whatsapp.write(note.to, "Muchas gracias", answering=note.reference))
        result = await states()

    assert [200] * 5 == answers
    assert {"email": "failed", "whatsapp": "read"} == result
    assert ("573005550102", "pqrs_replied") == (note.to, note.template)
    assert {"radicado": "PQ-rosa", "summary": "Revisamos lo suyo, rosa."} == note.parameters
    assert [] == house.twilio.texts


async def test_a_described_provider_sends_with_the_buildings_name_and_its_receipts_decide(
    house: House,
) -> None:
    port = free_port()
    async with Aggregator() as aggregator:
        house.settings |= {
            "HUB_HTTP": f"127.0.0.1:{port}",
            "HUB_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HUB_SECRET": "a secret that signs addresses",
            "HUB_SMS_URL": aggregator.url(),
        }
        async with house.running() as publisher:
            await publish_all(publisher)
            await publisher.publish("pqrs.received", _texted(1, "300 555 0101"))
            await publisher.publish("pqrs.received", _texted(2, "300 555 0102"))
            await until(lambda: len(aggregator.taken) == 2, "both texts")
            good, lost = sorted(aggregator.taken, key=lambda taken: taken.to)
            answers = [
                await aggregator.report(good, "ENTREGADO"),
                await aggregator.report(lost, "NO_EXISTE", codigo="27"),
            ]
            listed = json.loads(await house.command("deliveries", "--json", "--channel", "sms"))
            result = {item["id"]: (item["state"], item["reason"]) for item in listed["items"]}

    assert [204, 204] == answers
    assert {good.ref: ("delivered", None), lost.ref: ("failed", "unknown_number")} == result
    assert ["573005550101", "573005550102"] == [good.to, lost.to]
    assert good.text.startswith("Edificio Prueba: recibimos su ")
    assert [] == aggregator.violations


async def test_early_receipt_with_only_the_provider_reference_counts(house: House) -> None:
    port, secret = free_port(), "signs-addresses-of-this-test"
    public = f"http://127.0.0.1:{port}"
    fixed = Addresses(public_url=public, ring=KeyRing([Secret(secret)])).fixed("mensajeria", Use.RECEIPTS)
    async with Aggregator() as aggregator:
        house.settings |= {
            "HUB_HTTP": f"127.0.0.1:{port}",
            "HUB_PUBLIC_URL": public,
            "HUB_SECRET": secret,
            "HUB_SMS_URL": aggregator.url(),
        }
        async with house.running() as publisher:
            await publish_all(publisher)
            early = await post(fixed, form={"id": "m-1", "estado": "ENTREGADO"})
            await publisher.publish("pqrs.received", _texted(1, "300 555 0101"))
            await until(lambda: len(aggregator.taken) == 1, "the text")

            async def delivered() -> bool:
                listed = json.loads(await house.command("deliveries", "--json", "--channel", "sms"))
                return ["delivered"] == [item["state"] for item in listed["items"]]

            await until(delivered, "the receipt to find its message")

    assert 204 == early
    assert secret not in (house.folder / "hub.log").read_text()
    assert fixed.partition("key=")[2] not in (house.folder / "hub.log").read_text()


def _texted(number: int, phone: str) -> dict[str, Any]:
    return pqrs(number, petitioner={"name": "Vecina Rosa", "phone": phone}, copropiedad_id=BUILDING)
