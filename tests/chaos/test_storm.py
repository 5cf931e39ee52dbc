"""A storm in which all goes wrong together: kills, silence, hangs and a full queue."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Final

import pytest
from redis.asyncio import Redis

from tests.acceptance.harness import HubProcess, until
from tests.chaos.scenario import Scenario, replied, texted
from tests.providers import smtp_manners as manners
from tests.servers import Servers

HALF_A_MINUTE, TWO_MINUTES = 30.0, 120.0
ROLES: Final = ("intake", "delivery", "timers", "web")
SHOWER: Final = 5
"""Mails that are published at a time, five times a second, and a text with them."""
BURST: Final = 600
"""Mails that wait in the queue for a delivery that was killed."""
REFUSED: Final = 100
SILENT: Final = 5
HANGING: Final = 15
HELD_AT_MOST: Final = 400
"""Messages that a delivery may have claimed: 4 tickets of up to 100 of one queue."""

Blow = Callable[[], Awaitable[None]]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    "seconds", [HALF_A_MINUTE, pytest.param(TWO_MINUTES, marks=pytest.mark.chaos)], ids=["short", "long"]
)
async def test_a_storm_loses_nobody_and_doubles_nobody(
    alone: Scenario, private_servers: Servers, seconds: float
) -> None:
    house, mails = alone.house, alone.house.smtp.mails
    house.smtp.on("RCPT", manners.first(REFUSED, manners.replying("451 4.7.1 Greylisted")))
    house.smtp.on("DOT", manners.first(SILENT, manners.accept_then_hang))
    house.twilio.script.extend([house.twilio.accept_then_hang] * HANGING)
    over = asyncio.Event()
    async with alone.hubs(*ROLES) as hubs:
        storm = Storm(alone, private_servers, hubs)
        raining = asyncio.create_task(storm.rain(over))
        began = time.monotonic()
        for blow in storm.blows():
            seen = len(mails)
            await until(lambda: len(mails) > seen, "a mail after the last blow")  # noqa: B023 - waited for at once
            await blow()
        await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))  # its length is under test
        over.set()
        await raining
        await alone.settles(patience=120)
        dead = await alone.dead()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert [] == dead
    assert storm.published <= verdict.received
    # Repeated are messages that a killed delivery had, that PostgreSQL did not know, or that hung.
    assert verdict.unknown <= 3 * HELD_AT_MOST + SILENT + HANGING


class Storm:
    """The events published in the storm, and each thing that breaks in it once or twice."""

    def __init__(self, trial: Scenario, servers: Servers, hubs: dict[str, HubProcess]) -> None:
        self._trial = trial
        self._servers = servers
        self._hubs = hubs
        self._mails = count()
        self._texts = count()
        self.published = 0

    def blows(self) -> list[Blow]:
        """In an order of chance, which a failure can repeat; those that may hide an answer are far apart."""
        blows: list[Blow] = [self.broker_is_killed, self.redis_is_emptied]
        blows += [self._killing(role) for role in ("intake", "timers", "web", "intake")]
        random.Random(20261130).shuffle(blows)
        return [self.queue_is_full, *blows[:3], self.database_is_killed, *blows[3:], self.delivery_is_killed]

    async def rain(self, over: asyncio.Event) -> None:
        """Publish until it is over, also while things are broken."""
        while not over.is_set():
            await self._publish([self._mail() for _ in range(SHOWER)] + [texted(next(self._texts))])
            await asyncio.sleep(0.2)

    async def queue_is_full(self) -> None:
        with self._trial.fault("delivery killed, and its queue full"):
            await self._hubs["delivery"].kill()
            await self._publish([self._mail() for _ in range(BURST)])
            await self._hubs["delivery"].start()

    async def delivery_is_killed(self) -> None:
        with self._trial.fault("delivery killed"):
            await self._hubs["delivery"].kill()
        await self._hubs["delivery"].start()

    async def database_is_killed(self) -> None:
        with self._trial.fault("PostgreSQL away"):
            await self._servers.postgres.kill()
            await asyncio.sleep(1)  # nothing is waited for here, the absence is the fault
            await self._servers.postgres.start()

    async def broker_is_killed(self) -> None:
        await self._servers.rabbitmq.kill()
        await asyncio.sleep(1)  # the same
        await self._servers.rabbitmq.start()

    async def redis_is_emptied(self) -> None:
        await self._servers.redis.stop()
        await asyncio.sleep(1)  # the same
        await self._servers.redis.start()
        async with Redis.from_url(self._trial.house.redis_url) as redis:
            await redis.flushall()

    def _killing(self, role: str) -> Blow:
        async def kill() -> None:
            await self._hubs[role].kill()
            await self._hubs[role].start()

        return kill

    def _mail(self) -> dict[str, Any]:
        return replied(next(self._mails))

    async def _publish(self, events: list[dict[str, Any]]) -> None:
        self.published += len(events)
        await self._trial.publish(events)
