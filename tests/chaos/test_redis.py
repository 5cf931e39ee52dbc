"""Redis stops under a working hub, comes back, and has lost everything."""

import json
from collections import Counter
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.acceptance import directory
from tests.acceptance.harness import event, publisher, until
from tests.chaos.expected_recipients import name
from tests.chaos.scenario import QUICK, Scenario, replied
from tests.providers.smtp_manners import first, replying
from tests.servers import Servers

EVENTS = 60
LADDER = """
[clocks.first_reply]
target = "4s"
any_hour = true
ladder = ["4s", "1s", "1s", "1s"]
"""
WHOLE_LADDER = {2: 1, 3: 1, 4: 2}
"""Level → notifications about one unanswered petition; the last level is reminded once."""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


async def test_redis_goes_away_and_messages_and_clocks_continue(
    alone: Scenario, private_servers: Servers
) -> None:
    await staffed(alone)
    async with alone.hub():
        await alone.publish([received(1)])
        await until(lambda: was_notified(alone, "pedro1"), "the receipt")
        await private_servers.redis.stop()
        await alone.publish([received(2)])
        await until(lambda: was_notified(alone, "pedro2"), "the receipt while Redis is away")
        await until(lambda: was_notified(alone, "nivel2"), "the escalation while Redis is away")
        await private_servers.redis.start()
        await until(lambda: times(alone, "nivel4") >= 4, "both ladders to their end")
        await alone.settles()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert {level: 2 * count for level, count in WHOLE_LADDER.items()} == escalations(alone)


async def test_redis_is_flushed_and_each_breach_is_notified_once(alone: Scenario) -> None:
    await staffed(alone)
    async with alone.hub(), Redis.from_url(alone.house.redis_url) as redis:
        await alone.publish([received(1)])
        await until(lambda: was_notified(alone, "pedro1"), "the receipt")
        await redis.flushall()
        await until(lambda: was_notified(alone, "nivel2"), "the escalation after the flush")
        await redis.flushall()
        await until(lambda: times(alone, "nivel4") >= 2, "the ladder to its end")
        await alone.settles()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert WHOLE_LADDER == escalations(alone)


async def test_waiting_retries_survive_the_loss_of_redis(alone: Scenario) -> None:
    alone.house.smtp.on("RCPT", first(EVENTS * 3, replying("451 4.7.1 Greylisted")))
    await alone.publish([replied(number) for number in range(EVENTS)])
    async with alone.hub(), Redis.from_url(alone.house.redis_url) as redis:
        await until(lambda: recipients_refused(alone) > EVENTS, "some to be tried again")
        await redis.flushall()
        await alone.settles()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert EVENTS <= verdict.received


async def staffed(trial: Scenario, ladder: str = LADDER) -> None:
    """Publish the building and the staff of its levels; this ladder takes seven seconds."""
    trial.house.policy(QUICK + ladder)
    async with publisher(trial.house.amqp_url) as publishing:
        await directory.publish_all(publishing)


def received(number: int) -> dict[str, Any]:
    return event("pqrs.received", directory.pqrs(number))


def escalations(trial: Scenario) -> Counter[int]:
    """Return level → published events that give it the case, each counted once."""
    lines = [json.loads(line) for line in trial.published.read_text().splitlines()]
    found = {one["id"]: one["data"]["to_level"] for one in lines if name(one) == "pqrs.escalated"}
    return Counter(found.values())


def recipients_refused(trial: Scenario) -> int:
    return sum(command.startswith("RCPT") for command in trial.house.smtp.notes.commands)


def was_notified(trial: Scenario, who: str) -> bool:
    return times(trial, who) > 0


def times(trial: Scenario, who: str) -> int:
    return sum(mail.recipient == f"{who}@example.co" for mail in trial.house.smtp.mails)
