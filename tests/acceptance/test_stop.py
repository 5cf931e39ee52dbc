"""A hub that is told to stop ends soon, whatever its providers do."""

from __future__ import annotations

import time

from tests.acceptance.conftest import House
from tests.acceptance.harness import hub_process, publisher, until
from tests.acceptance.publisher_queue import reply
from tests.providers.smtp_conversation import Conversation

SLOW_PROVIDER = """
[delivery]
provider_timeout = "12s"
lease_margin = "1s"
"""


async def test_delivery_ends_within_five_seconds_while_a_provider_does_not_answer(house: House) -> None:
    house.policy(SLOW_PROVIDER)
    held: list[str] = []

    async def hold(conversation: Conversation, line: str) -> bool:
        held.append(line)
        await conversation.wire.stay_silent()
        return True

    house.smtp.on("RCPT", hold)
    async with hub_process(house.hub()) as hub, publisher(house.amqp_url) as publishing:
        event_id = await publishing.publish("pqrs.replied", reply("lenta"))
        await until(lambda: bool(held), "the mail to be under way")
        began = time.monotonic()
        await hub.stop()
        took = time.monotonic() - began
    house.smtp.behave()
    async with house.running():
        [message, *_] = await house.settled(event_id)

    assert took < 5
    assert message["state"] == "sent"
