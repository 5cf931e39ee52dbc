"""RabbitMQ stops under a working hub, and comes back."""

import asyncio

import pytest

from tests.acceptance.harness import until
from tests.chaos.scenario import Scenario, replied
from tests.servers import Servers

EVENTS = 300

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_rabbitmq_goes_away_and_comes_back(alone: Scenario, private_servers: Servers, end: str) -> None:
    rabbitmq = private_servers.rabbitmq
    half = EVENTS // 2
    await alone.publish([replied(number) for number in range(half)])
    async with alone.hub():
        await until(lambda: bool(alone.house.smtp.mails), "the first mail")
        await getattr(rabbitmq, end)()
        publishing = asyncio.create_task(alone.publish([replied(number) for number in range(half, EVENTS)]))
        await asyncio.sleep(1)  # away for a second: nothing is waited for here, the absence is the fault
        await rabbitmq.start()
        await publishing
        await alone.settles()
        dead = await alone.dead()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead
