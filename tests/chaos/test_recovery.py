"""Time until everything is delivered when a server is back, with a company's leases and sweep."""

import asyncio
import time
from typing import Final

import pytest

from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.chaos.scenario import QUICK, make_breakable, replied
from tests.servers import Servers

EVENTS: Final = 150
AWAY: Final = 5.0
RECOVERY: Final = 15.0
"""Seconds from the server's return until everybody has been reached."""
UNHURRIED: Final = QUICK[QUICK.index("[monitor]") : QUICK.index("[retry]")]

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


@pytest.mark.parametrize("server", ["rabbitmq", "postgres"])
async def test_all_is_delivered_within_seconds_of_the_servers_return(
    home: House, private_servers: Servers, server: str
) -> None:
    trial, killed = await make_breakable(home, private_servers, UNHURRIED), getattr(private_servers, server)
    mails = home.smtp.mails
    async with trial.hub():
        publishing = asyncio.create_task(trial.publish([replied(number) for number in range(EVENTS)]))
        await until(lambda: len(mails) >= EVENTS // 10, "the first mails")
        await killed.kill()
        await asyncio.sleep(AWAY)  # nothing is waited for here, the absence is the fault
        await killed.start()
        returned = time.monotonic()
        await publishing
        await until(lambda: len({mail.recipient for mail in mails}) == EVENTS, "all", patience=120)
        took = time.monotonic() - returned
        await trial.settles()

    assert took < RECOVERY
