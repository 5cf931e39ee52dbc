"""RabbitMQ is killed while providers that take most of their time have messages in hand."""

import asyncio
from collections import Counter
from typing import Final

import pytest

from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.chaos.scenario import QUICK, make_breakable, replied, texted
from tests.providers.smtp_manners import accepting_late, first
from tests.servers import Servers

TEXTS: Final = 34
MAILS: Final = 6
MORE: Final = 6
"""Texts that are published when RabbitMQ is back: there are connections for them."""
PROVIDERS_TAKE: Final = 25.0
"""Seconds, of the 30 that they may take."""
SLOW: Final = QUICK.replace('provider_timeout = "3s"', 'provider_timeout = "30s"').replace(
    'lease_margin = "2s"', 'lease_margin = "10s"'
)

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


async def test_broker_killed_behind_slow_providers_doubles_nothing_and_delays_nothing_else(
    home: House, private_servers: Servers
) -> None:
    trial, rabbitmq = await make_breakable(home, private_servers, SLOW), private_servers.rabbitmq
    home.twilio.script.extend([home.twilio.accepting_late(PROVIDERS_TAKE)] * TEXTS)
    home.smtp.on("DOT", first(MAILS, accepting_late(PROVIDERS_TAKE)))
    texts, mails = home.twilio.texts, home.smtp.mails
    await trial.publish([*map(texted, range(TEXTS)), *map(replied, range(MAILS))])
    async with trial.hub():
        await until(lambda: (len(texts), len(mails)) == (TEXTS, MAILS), "the providers to have all")
        await rabbitmq.kill()
        await asyncio.sleep(1)  # away for a second: nothing is waited for here, the absence is the fault
        await rabbitmq.start()
        await trial.publish([texted(TEXTS + number) for number in range(MORE)])
        await until(lambda: len(texts) >= TEXTS + MORE, "the texts that came later", patience=15)
        await trial.settles()
    verdict = await trial.verdict()

    assert [] == verdict.complaints
    assert {1} == set(Counter(text.to for text in texts).values())
    assert {1} == set(Counter(mail.recipient for mail in mails).values())
