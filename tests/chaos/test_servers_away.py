"""RabbitMQ, Redis and PostgreSQL stopped under a working hub, and started again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from hub.storage import migrations
from tests.acceptance import directory
from tests.acceptance.conftest import House, furnished
from tests.acceptance.harness import HubProcess, publisher, until
from tests.servers import Servers

EVENTS = 200
QUICK = """
[delivery]
provider_timeout = "3s"
lease_margin = "2s"
sweep_after = "2s"

[clocks.first_reply]
target = "4s"
any_hour = true
ladder = ["4s", "1s", "1s", "1s"]
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
async def home(private_servers: Servers, tmp_path: Path) -> AsyncIterator[House]:
    """A house with servers of its own, which may be stopped."""
    await migrations.upgrade(private_servers.postgres.url)
    async with furnished(
        House(
            amqp_url=private_servers.rabbitmq.url,
            redis_url=private_servers.redis.url,
            database_url=private_servers.postgres.url,
            folder=tmp_path,
        )
    ) as house:
        house.policy(QUICK)
        yield house


async def test_rabbitmq_goes_away_and_comes_back(home: House, private_servers: Servers) -> None:
    await _published_before_a_fault(home)
    hub = home.hub()
    await hub.start()
    try:
        await _some_are_out(home)
        await _restart(private_servers.rabbitmq.stop, private_servers.rabbitmq.start)
        await _everybody_has_heard(home)
    finally:
        await hub.stop()

    assert _nobody_heard_twice(home)


async def test_postgresql_goes_away_and_comes_back(home: House, private_servers: Servers) -> None:
    await _published_before_a_fault(home)
    hub = home.hub()
    await hub.start()
    try:
        await _some_are_out(home)
        await _restart(private_servers.postgres.stop, private_servers.postgres.start)
        await _everybody_has_heard(home)
    finally:
        await hub.stop()

    assert _doubles_have_one_message_id(home)


async def test_redis_goes_away_and_messages_and_clocks_go_on(home: House, private_servers: Servers) -> None:
    hub = home.hub()
    async with publisher(home.amqp_url) as publishing:
        await hub.start()
        try:
            await directory.tell(publishing)
            await publishing.publish("pqrs.received", directory.pqrs(1))
            await until(lambda: _heard(home, "pedro1"), "the receipt")
            await private_servers.redis.stop()
            await publishing.publish("pqrs.received", directory.pqrs(2))
            await until(lambda: _heard(home, "pedro2"), "the receipt while Redis is away")
            await until(lambda: _heard(home, "nivel2"), "the escalation while Redis is away")
            await private_servers.redis.start()
            await until(lambda: _times(home, "nivel4") == 4, "both ladders to their end")
        finally:
            await hub.stop()

    assert {"nivel2": 2, "nivel3": 2, "nivel4": 4} == {
        level: _times(home, level) for level in ("nivel2", "nivel3", "nivel4")
    }


async def test_redis_is_flushed_and_each_breach_is_told_once(home: House) -> None:
    hub = home.hub()
    async with publisher(home.amqp_url) as publishing, Redis.from_url(home.redis_url) as redis:
        await hub.start()
        try:
            await directory.tell(publishing)
            await publishing.publish("pqrs.received", directory.pqrs(1))
            await until(lambda: _heard(home, "pedro1"), "the receipt")
            await redis.flushall()
            await until(lambda: _heard(home, "nivel2"), "the escalation after the flush")
            await redis.flushall()
            await until(lambda: _times(home, "nivel4") == 2, "the ladder to its end")
        finally:
            await hub.stop()

    assert (1, 1, 2) == tuple(_times(home, level) for level in ("nivel2", "nivel3", "nivel4"))


async def test_sigterm_in_the_middle_of_a_batch_loses_nothing_and_doubles_nothing(home: House) -> None:
    await _published_before_a_fault(home)
    first = home.hub()
    await first.start()
    await _some_are_out(home)
    status = await first.stop()
    out_by_then = len(home.smtp.mails)
    second = home.hub()
    await second.start()
    try:
        await _everybody_has_heard(home)
    finally:
        await second.stop()

    assert 0 == status
    assert out_by_then < EVENTS, "the first hub was stopped too late to prove anything"
    assert _nobody_heard_twice(home)


async def _published_before_a_fault(home: House) -> None:
    """Bind the queues with a short-lived hub, then let the events wait for the one under test."""
    hub: HubProcess = home.hub()
    async with publisher(home.amqp_url) as publishing:
        await hub.start()
        await directory.tell(publishing)
        await hub.stop()
        for start in range(0, EVENTS, 50):
            await asyncio.gather(
                *(
                    publishing.publish("pqrs.received", directory.pqrs(number))
                    for number in range(start, start + 50)
                )
            )


async def _some_are_out(home: House) -> None:
    await until(lambda: len(home.smtp.mails) > 0, "the first mail")


async def _restart(stop: Callable[[], Awaitable[None]], start: Callable[[], Awaitable[None]]) -> None:
    await stop()
    await asyncio.sleep(1)  # away for a second: nothing is waited for here, the absence is the fault
    await start()


async def _everybody_has_heard(home: House) -> None:
    await until(lambda: len(_petitioners(home)) == EVENTS, "all receipts", patience=90)


def _petitioners(home: House) -> Counter[str]:
    """Recipient → receipts. The ladder's mails to petitioners are another event, with another subject."""
    return Counter(
        mail.recipient
        for mail in home.smtp.mails
        if mail.recipient.startswith("pedro") and b"X-Hub-Event: pqrs.received" in mail.content
    )


def _nobody_heard_twice(home: House) -> bool:
    return max(_petitioners(home).values()) == 1


def _doubles_have_one_message_id(home: House) -> bool:
    """A yes that could not be recorded may be said again, with the same Message-ID."""
    ids: dict[str, set[str]] = {}
    for mail in home.smtp.mails:
        if b"X-Hub-Event: pqrs.received" in mail.content:
            ids.setdefault(mail.recipient, set()).add(str(mail.message["Message-ID"]))
    return all(len(found) == 1 for found in ids.values())


def _heard(home: House, who: str) -> bool:
    return _times(home, who) > 0


def _times(home: House, who: str) -> int:
    return sum(mail.recipient == f"{who}@example.co" for mail in home.smtp.mails)
