"""PostgreSQL stops under a working hub, and comes back."""

import asyncio
import json
import smtplib

import pytest

from hub.local.loopback import free_port
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import reply
from tests.chaos.scenario import Scenario, replied
from tests.chaos.standby import standby_of
from tests.servers import Servers, execute

EVENTS = 300

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_postgresql_goes_away_and_comes_back(
    alone: Scenario, private_servers: Servers, end: str
) -> None:
    postgres = private_servers.postgres
    await alone.publish([replied(number) for number in range(EVENTS)])
    async with alone.hub():
        await until(lambda: bool(alone.house.smtp.mails), "the first mail")
        with alone.fault("PostgreSQL away"):
            await getattr(postgres, end)()
            await asyncio.sleep(1)  # away for a second: nothing is waited for here, the absence is the fault
            await postgres.start()
        await alone.settles()
        dead = await alone.dead()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead


async def test_the_primary_is_killed_and_the_hub_goes_on_with_the_standby_that_is_promoted(
    alone: Scenario, private_servers: Servers
) -> None:
    """Replication is synchronous: what the hub was told to be stored is on both."""
    primary, house = private_servers.postgres, alone.house
    half = EVENTS // 2
    async with standby_of(primary) as standby:
        several = f":{primary.port},127.0.0.1:{standby.port}/"
        house.settings["HUB_DATABASE_URL"] = (
            house.database_url.replace(f":{primary.port}/", several) + "?target_session_attrs=read-write"
        )
        house.database_url = house.database_url.replace(f":{primary.port}/", f":{standby.port}/")
        await alone.publish([replied(number) for number in range(half)])
        async with alone.hub():
            await until(lambda: bool(house.smtp.mails), "the first mail")
            with alone.fault("the primary away"):
                await primary.kill()
                await asyncio.sleep(1)  # nobody is promoted yet: the absence is the fault
                await execute(standby.url, "SELECT pg_promote()")
            await alone.publish([replied(number) for number in range(half, EVENTS)])
            await alone.settles()
            dead = await alone.dead()
        verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead


async def test_mail_is_deferred_while_postgresql_is_unavailable(
    home: House, private_servers: Servers
) -> None:
    port = free_port()
    home.settings |= {
        "HUB_MAIL": f"127.0.0.1:{port}",
        "HUB_MAIL_DOMAIN": "respuestas.example",
        "HUB_SECRET": "a secret of this test",
    }
    async with home.running() as publisher:
        await publisher.publish("pqrs.replied", reply("rosa"))
        await until(lambda: bool(home.smtp.mails), "the mail")
        (reply_to,) = home.smtp.mails[0].message["Reply-To"].addresses
        await private_servers.postgres.stop()
        away = await asyncio.to_thread(bring, port, reply_to.addr_spec)
        await private_servers.postgres.start()
        codes = [away]
        while codes.count(250) < 2:  # bounded by the time that this test may take
            codes.append(await asyncio.to_thread(bring, port, reply_to.addr_spec))
        listed = json.loads(await home.command("replies", "list", "--json"))

    assert 451 == away
    assert {250, 451} == set(codes)
    assert ["reply"] == [row["kind"] for row in listed["items"]]


def bring(port: int, to: str) -> int:
    """Send the same reply mail; return the code of the server's last reply."""
    content = "From: rosa@example.co\r\nMessage-ID: <r1@example.co>\r\n\r\nGracias, el martes.\r\n"
    with smtplib.SMTP("127.0.0.1", port, timeout=40) as client:
        client.ehlo()
        client.mail("rosa@example.co")
        client.rcpt(to)
        return client.data(content)[0]
