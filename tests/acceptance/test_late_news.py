"""After an outage, as the petitioner sees it: the acknowledgement leaves late, and one apology is enough."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.conftest import House
from tests.acceptance.directory import pqrs, publish_all
from tests.acceptance.harness import hub_process, until
from tests.acceptance.publisher_queue import Lasting, lasting
from tests.acceptance.test_emergency_replies import plain_text
from tests.servers import Servers
from tests.unit.factories import event

PEDRO = "pedro1@example.co"
LIFE = 1.0


def told(house: House) -> list[str]:
    return [plain_text(mail) for mail in house.smtp.mails if mail.recipient == PEDRO]


async def test_acknowledgement_leaves_after_an_outage_longer_than_its_life(house: House) -> None:
    house.policy(f'[expiry]\ntransactional = "{LIFE:.0f}s"\n')
    async with house.running("intake", "timers") as publisher:
        await publish_all(publisher)
        event_id = await publisher.publish("pqrs.received", pqrs(1))

        async def is_planned() -> bool:
            listed = await house.command("deliveries", "--json", "--event-id", event_id)
            return bool(json.loads(listed)["items"])

        await until(is_planned, "the messages")
        await asyncio.sleep(2 * LIFE)  # the outage
        async with hub_process(house.hub("delivery")):
            await until(lambda: bool(told(house)), "the late acknowledgement")

    assert "PQ-2026-000001" in told(house)[0]
    assert "debió llegarle antes" in told(house)[0]


async def test_petitioner_gets_one_apology_for_all_the_steps_of_an_outage(house: House) -> None:
    # All four levels were due by the last day of the outage, on any day of the week.
    house.policy('[clocks.first_reply]\nany_hour = true\nladder = ["24h", "24h", "24h", "36h"]\n')
    async with house.running() as publisher:
        await publish_all(publisher)
        long_ago = datetime.now(UTC) - timedelta(hours=120)
        await publisher.publish("pqrs.received", pqrs(1), time=long_ago.isoformat())
        people: list[str] = []

        async def all_levels() -> bool:
            rows = json.loads(await house.command("deliveries", "--json", "--event", "pqrs.escalated"))[
                "items"
            ]
            people[:] = [row["person"] for row in rows if row["channel"] == "email"]
            return {f"p-nivel-{level}" for level in (2, 3, 4)} <= set(people)

        await until(all_levels, "the calls to the levels")
        await until(lambda: bool(told(house)), "the apology")

    [apology] = told(house)
    assert "la gerencia general" in apology
    assert 1 == sum(not person.startswith("p-nivel") for person in people)


STARTED = datetime.now(UTC) - timedelta(hours=3)
RESTARTS = 'hub_case_replays_total{how="restart"}'


async def test_a_late_answer_ends_the_clock_in_time_and_is_counted(servers: Servers, tmp_path: Path) -> None:
    async with lasting(servers, tmp_path) as home:
        for name, hours in (("pqrs.received", 0), ("pqrs.closed", 2), ("pqrs.replied", 1)):
            at = STARTED + timedelta(hours=hours)
            await home.publish(name, event(name, {"pqrs_id": "tarde"}).data, time=at.isoformat())
            await until(lambda: _is_known(home, name), name)  # noqa: B023 - waited for at once
        clocks = (await home.ask("/api/clocks?state=met"))["items"]
        async with home.api.get("/metrics") as response:
            metrics = (await response.text()).splitlines()

    [first_reply] = [clock for clock in clocks if clock["name"] == "first_reply"]
    assert datetime.fromisoformat(first_reply["ended_at"]) == STARTED + timedelta(hours=1)
    assert f"{RESTARTS} 1.0" in metrics


async def _is_known(home: Lasting, name: str) -> bool:
    """Return whether the event has messages: then its clocks are written as well."""
    return bool((await home.ask(f"/api/messages?event={name}"))["items"])
