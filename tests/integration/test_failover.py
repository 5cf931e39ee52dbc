"""Two mail servers of one channel: the first is down, slow, or silent about a mail that it took."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.channels.allowlist import Allowlisted
from hub.channels.balances import remaining
from hub.channels.failover import Failover, Provider
from hub.channels.sms.twilio import TwilioChannel
from hub.channels.urls import parse_twilio
from hub.errors import TransientFailure
from hub.model import Remaining
from hub.policy import load_policy
from hub.ports import Channel
from hub.resilience.breaker import BreakerPolicy, Breakers, Circuit
from hub.testing import MemoryEmail, MemoryThrottle
from tests.integration.email_trials import channel_to, strict, until
from tests.providers.samples import outgoing
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Conversation
from tests.providers.smtp_manners import accept_then_hang, leaving
from tests.providers.twilio import TwilioServer

SLOW = timedelta(milliseconds=200)
RULES = BreakerPolicy(
    window=timedelta(seconds=30),
    min_calls=4,
    error_rate=0.5,
    slow_after=SLOW,
    slow_rate=0.5,
    open_for=timedelta(milliseconds=300),
    max_open_for=timedelta(seconds=1),
    probes=1,
)


@dataclass
class Trial:
    first: SmtpServer
    second: SmtpServer
    failover: Failover

    async def send(self, times: int = 1) -> Sequence[str]:
        """Send one after the other; answer who sent."""
        return [(await self.failover.send(outgoing())).provider for _ in range(times)]

    @property
    def circuit(self) -> Circuit:
        return self.failover.providers[0].breaker.circuit


@asynccontextmanager
async def trial(patience: timedelta = timedelta(seconds=5)) -> AsyncIterator[Trial]:
    breakers = Breakers(RULES, lambda provider, _channel, circuit: changes.append((provider, circuit)))
    changes: list[tuple[str, Circuit]] = []
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(strict()) for _ in range(2)]
        channels = [
            await stack.enter_async_context(channel_to(server, timeout=patience)) for server in servers
        ]
        providers = [
            Provider(name=name, channel=channel, breaker=breakers.of("email", name))
            for name, channel in zip(("smtp", "smtp-2"), channels, strict=True)
        ]
        pool = Failover(providers, throttle=MemoryThrottle(time.monotonic), timeout=patience)
        yield Trial(first=servers[0], second=servers[1], failover=pool)
        assert {provider for provider, _ in changes} <= {"smtp"}


async def test_a_server_that_says_goodbye_is_left_alone_tried_again_and_trusted_again() -> None:
    async with trial() as one:
        one.first.on("CONNECT", leaving("421 4.3.2 Shutting down"))
        assert await one.send(6) == ["smtp-2"] * 6
        asked = one.first.connections
        assert (asked, one.circuit) == (RULES.min_calls, Circuit.OPEN)

        await asyncio.sleep(RULES.open_for.total_seconds())
        assert await one.send(3) == ["smtp-2"] * 3  # one of them was the probe
        assert one.first.connections == asked + 1

        one.first.behave()
        await until(lambda: not one.failover.providers[0].breaker.wait(time.monotonic()))
        assert await one.send(2) == ["smtp"] * 2
        assert one.circuit is Circuit.CLOSED


async def test_a_server_that_refuses_connections_costs_no_message() -> None:
    async with trial() as one:
        port = one.first.port
        await one.first.stop()
        answer = await one.failover.send(outgoing())
        assert [(failure.provider, failure.reason) for failure in answer.earlier] == [
            ("smtp", "connect_failed")
        ]
        assert await one.send(8) == ["smtp-2"] * 8
        await one.first.start(port)
        await until(lambda: not one.failover.providers[0].breaker.wait(time.monotonic()))

        assert await one.send() == ["smtp"]


async def test_a_server_that_dawdles_is_left_alone_though_it_takes_everything() -> None:
    async def dawdle(_conversation: Conversation, _line: str) -> bool:
        await asyncio.sleep(SLOW.total_seconds() * 1.5)
        return False

    async with trial() as one:
        one.first.on("MAIL", dawdle)
        assert await one.send(RULES.min_calls) == ["smtp"] * RULES.min_calls
        assert one.circuit is Circuit.OPEN
        assert await one.send() == ["smtp-2"]


async def test_what_may_have_been_taken_is_not_given_to_the_other() -> None:
    async with trial(patience=timedelta(milliseconds=300)) as one:
        one.first.on("DOT", accept_then_hang)
        with pytest.raises(TransientFailure) as caught:
            await one.failover.send(outgoing())

        assert (caught.value.provider, caught.value.unknown) == ("smtp", True)
        assert (len(one.first.mails), len(one.second.mails)) == (1, 0)


TIMEOUT = timedelta(seconds=2)


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server
    assert [] == server.violations


@pytest.fixture
async def sms(twilio: TwilioServer) -> AsyncIterator[Channel]:
    """Two accounts; nobody listens where the first one should be."""
    urls = {"twilio": twilio.url.replace(f":{twilio.port}?", ":1?"), "twilio-2": twilio.url}
    breakers = Breakers(load_policy().breaker)
    providers = [
        Provider(
            name=name,
            channel=TwilioChannel(parse_twilio(url, setting="HUB_SMS_URL"), timeout=TIMEOUT),
            breaker=breakers.of("sms", name),
        )
        for name, url in urls.items()
    ]
    pool = Failover(providers, throttle=MemoryThrottle(lambda: 0.0), timeout=TIMEOUT)
    yield pool
    await pool.aclose()


async def test_one_that_does_not_answer_hides_nothing_of_the_others(sms: Channel) -> None:
    left = await remaining({"sms": sms, "email": MemoryEmail()})

    assert [Remaining(place="sms:twilio-2", amount=Decimal("100.00"), currency="USD")] == left


async def test_who_may_send_to_few_is_asked_all_the_same(sms: Channel) -> None:
    assert ["sms:twilio-2"] == [balance.place for balance in await remaining({"sms": Allowlisted(sms, [])})]
