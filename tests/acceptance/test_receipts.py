"""A text that the provider says has arrived is delivered, as seen from outside."""

from __future__ import annotations

import json

from hub.local.loopback import free_port
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.lasting import reply


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
        answers = [await house.twilio.report(house.twilio.texts[0], each) for each in ("sent", "delivered")]
        told = await state()

    assert [204, 204] == answers
    assert "delivered" == told
