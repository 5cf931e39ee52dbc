"""A hub that is told to stop waits for messages in the hands of providers, and for nothing else."""

import asyncio
import time
from collections import Counter
from typing import Final

import pytest

from tests.acceptance.conftest import House
from tests.acceptance.harness import fewest, hub_process, publisher, until
from tests.acceptance.publisher_queue import reply

PROVIDER_TAKES: Final = 3.0
SLOW_PROVIDER: Final = """
[delivery]
provider_timeout = "30s"
lease_margin = "1s"
"""
CONNECTIONS: Final = 40
"""To the SMS provider, for messages that are not urgent."""
TEXTS: Final = CONNECTIONS + 5


def text(number: int) -> dict[str, object]:
    petitioner = {"name": "Vecina", "phone": f"300{number:07}"}
    return reply(f"vecina{number}", petitioner=petitioner)


@pytest.mark.timeout(90)
async def test_a_stop_waits_for_slow_providers_says_so_and_sends_nothing_twice(house: House) -> None:
    house.policy(SLOW_PROVIDER)
    # No text is answered before the hub is told to stop, however long it takes until all are handed over.
    told = asyncio.Event()
    house.twilio.script.extend([house.twilio.accepting_late(PROVIDER_TAKES, after=told)] * CONNECTIONS)
    async with hub_process(house.hub()) as hub, publisher(house.amqp_url) as publishing:
        for number in range(TEXTS):
            await publishing.publish("pqrs.replied", text(number))
        await until(fewest(house.twilio.texts, CONNECTIONS), "the provider to have as many as it may")
        told.set()
        status = await hub.stop()
        handed_over = len(house.twilio.texts)
        said = [line for line in hub.lines() if line["event"] == "delivery.waits_for_providers"]
    async with house.running():
        await until(fewest(house.twilio.texts, TEXTS), "the texts that were not handed over")
    times = Counter(text.to for text in house.twilio.texts)

    assert 0 == status
    assert CONNECTIONS == handed_over
    assert {"sms": CONNECTIONS} == said[0]["channels"]
    assert len(said) >= 2, "it says so again and again"
    assert (TEXTS, {1}) == (len(times), set(times.values()))


async def test_a_stop_without_slow_providers_takes_less_than_five_seconds(house: House) -> None:
    async with hub_process(house.hub()) as hub, publisher(house.amqp_url) as publishing:
        for number in range(TEXTS):
            await publishing.publish("pqrs.replied", text(number))
        await until(lambda: bool(house.twilio.texts), "the first text")
        began = time.monotonic()
        status = await hub.stop()
        took = time.monotonic() - began

    assert 0 == status
    assert took < 5
    announced = "SELECT state = '300 s' FROM heartbeat WHERE subject = 'stop:timers'"
    await house.comes_true(announced, what="the stop that the timers announced")
    assert [] == [line for line in hub.lines() if line["event"] == "worker.not_drained"]
