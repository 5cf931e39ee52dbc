"""SIGKILL at random points in 2,000 events: judged at the provider's side only."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Mapping

import pytest

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, publisher, until
from tests.chaos.scenario import Scenario

EVENTS = 2_000
KILLS = 12
LEASES_OF_THREE_SECONDS = """
[delivery]
provider_timeout = "2s"
lease_margin = "1s"
sweep_after = "2s"

[retry]              # on a busy machine hundreds wait for a connection in vain, and come again
email = { base = "300ms", cap = "2s", tries = 1000 }
"""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


async def test_twelve_kills_lose_nothing_and_double_only_unknown_outcomes(trial: Scenario) -> None:
    house = trial.house
    house.policy(LEASES_OF_THREE_SECONDS)
    chance = random.Random(20260309)
    hub, killed = house.hub(), 0
    await hub.start()
    try:
        async with publisher(house.amqp_url) as publishing:
            published = asyncio.create_task(_publish(publishing))
            for number in range(1, KILLS + 1):
                await _some_are_out(house, EVENTS * number // (KILLS + 2))
                await asyncio.sleep(chance.uniform(0.0, 0.3))
                await hub.kill()
                killed += 1
                await hub.start()
            await published
        await until(lambda: len({mail.recipient for mail in house.smtp.mails}) == EVENTS, "all", patience=120)
        await _nothing_more_comes(house)
    finally:
        await hub.stop()

    by_recipient = _by_recipient(house)
    assert {f"pedro{number}@example.co" for number in range(EVENTS)} == set(by_recipient)
    # A double is the repeat of a call whose outcome the killed process took with it. Every one of
    # them carries the first one's Message-ID, so that a mailbox shows it once.
    assert [] == [ids for ids in by_recipient.values() if len(ids) > 1]
    doubles = sum(count - 1 for ids in by_recipient.values() for count in ids.values())
    # A killed process can take with it no more than its claims: 4 tickets of up to 100.
    assert doubles <= KILLS * 400
    assert KILLS == killed


async def _publish(publishing: Publisher) -> None:
    for start in range(0, EVENTS, 50):
        await asyncio.gather(
            *(
                publishing.publish("pqrs.replied", _reply(number))
                for number in range(start, min(start + 50, EVENTS))
            )
        )


def _reply(number: int) -> dict[str, object]:
    """One event that makes one mail."""
    data = directory.pqrs(number)
    kept = {name: data[name] for name in ("pqrs_id", "radicado", "petitioner")}
    return {**kept, "summary": "Ya revisamos su caso.", "agent_id": "agente-1"}


async def _some_are_out(house: House, number: int) -> None:
    await until(lambda: len(house.smtp.mails) >= number, f"mail {number}", patience=60)


async def _nothing_more_comes(house: House) -> None:
    """Wait until two leases have passed without another mail."""
    quiet_since, seen = 0.0, -1
    while quiet_since < 7:
        if len(house.smtp.mails) != seen:
            seen, quiet_since = len(house.smtp.mails), 0.0
        await asyncio.sleep(0.5)
        quiet_since += 0.5


def _by_recipient(house: House) -> Mapping[str, Counter[str]]:
    """Recipient → Message-ID → how often it was accepted."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mail in house.smtp.mails:
        found[mail.recipient][str(mail.message["Message-ID"])] += 1
    return found
