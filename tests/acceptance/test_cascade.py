"""A step whose receipt does not come goes on to the next; one that has arrived never does."""

import json

import pytest

from hub.local.loopback import free_port
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import reply

QUICK = """
[patience]
transactional = "2s"
"""


@pytest.fixture
async def talking(house: House) -> House:
    """A house that WhatsApp can report to, and whose cascades are impatient."""
    port = free_port()
    house.policy(QUICK)
    house.settings |= {"HUB_HTTP": f"127.0.0.1:{port}", "HUB_WHATSAPP_URL": house.whatsapp.url}
    house.whatsapp.hook = f"http://127.0.0.1:{port}/hooks/whatsapp"
    house.whatsapp.approve(json.loads(await house.command("template", "whatsapp", "--json")))
    return house


@pytest.mark.slow
async def test_only_who_did_not_get_the_first_message_gets_the_second(talking: House) -> None:
    house, people = talking, {"573005550201": "+573005550201", "573005550202": "+573005550202"}
    reached, silent = people
    async with house.running() as publisher:
        for number in people.values():
            petitioner = {"name": "Vecina Rosa", "phone": number}
            await publisher.publish("pqrs.replied", reply(number[-4:], petitioner=petitioner))
        await until(lambda: len(house.whatsapp.notes) == 2, "both messages over WhatsApp")
        [arrived] = [note for note in house.whatsapp.notes if note.to == reached]
        assert 200 == await house.whatsapp.report(arrived, "delivered")
        await until(lambda: bool(house.twilio.texts), "the text to who has not confirmed")
        [late] = [note for note in house.whatsapp.notes if note.to == silent]
        assert 200 == await house.whatsapp.report(
            late, "delivered"
        )  # after all: no harm, and no third message

    assert [people[silent]] == [text.to for text in house.twilio.texts]
