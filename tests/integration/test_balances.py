"""Balances at the providers, asked of strict servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.channels.allowlist import Allowlisted
from hub.channels.balances import remaining
from hub.channels.failover import Failover, Provider
from hub.channels.sms.twilio import TwilioChannel
from hub.channels.urls import parse_twilio
from hub.model import Remaining
from hub.policy import load_policy
from hub.ports import Channel
from hub.resilience.breaker import Breakers
from hub.testing import MemoryEmail, MemoryThrottle
from tests.providers.twilio import TwilioServer

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
