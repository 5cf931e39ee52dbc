"""SIGKILL of each role at random points in 5,000 events, while a mail server stumbles."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.directory import BUILDING
from tests.acceptance.harness import event, until
from tests.chaos.scenario import Scenario, replied, texted
from tests.providers.smtp_manners import first, replying

ROLES = ("intake", "delivery", "timers", "web")
KILLS_EACH = 4
RESIDENTS = 300
MAILS = 3_597
TEXTS = 800
REFUSED_FOR_NOW = 300
HELD_AT_MOST = 400
"""Messages that a delivery may have claimed: 4 tickets of up to 100 of one queue."""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


@pytest.mark.parametrize("seed", [20260309, 20260310, 20260311])
async def test_each_role_killed_at_random_in_five_thousand_events_loses_nobody(
    trial: Scenario, seed: int
) -> None:
    chance = random.Random(seed)
    victims = list(ROLES) * KILLS_EACH
    chance.shuffle(victims)
    points = sorted(chance.randrange(MAILS * 9 // 10) for _ in victims)
    async with trial.hubs(*ROLES) as hubs:
        await settle(trial)
        trial.house.smtp.on("RCPT", first(REFUSED_FOR_NOW, replying("451 4.7.1 Greylisted", about="pedro")))
        publishing = asyncio.create_task(trial.publish(the_crowd(chance)))
        for role, point in zip(victims, points, strict=True):
            await until(lambda: len(trial.house.smtp.mails) >= point, f"mail {point}", patience=120)  # noqa: B023 - waited for at once
            with trial.fault(f"{role} killed"):
                await hubs[role].kill()
            await hubs[role].start()
        await publishing
        await trial.settles(patience=240)
        dead = await trial.dead()
    verdict = await trial.verdict()

    assert [] == verdict.complaints
    assert [] == dead
    assert RESIDENTS + MAILS + TEXTS + 1 <= verdict.received
    assert verdict.unknown <= KILLS_EACH * HELD_AT_MOST * 2


async def settle(trial: Scenario) -> None:
    """Publish the building, and wait for it: the announcement has its own lane, and might overtake it."""
    building = {"copropiedad_id": BUILDING, "version": 1, "name": "Edificio Prueba"}
    people = [one for number in range(RESIDENTS) for one in resident(number)]
    await trial.publish([event("directory.copropiedad.upserted", building), *people, replied(MAILS)])
    await until(lambda: bool(trial.house.smtp.mails), "the mail after the building")


def the_crowd(chance: random.Random) -> list[dict[str, Any]]:
    """Make mails and texts, and an announcement to the building in their middle."""
    crowd = [*map(replied, range(MAILS)), *map(texted, range(TEXTS))]
    chance.shuffle(crowd)
    middle = len(crowd) // 2
    return [*crowd[:middle], works(), *crowd[middle:]]


def resident(number: int) -> list[dict[str, Any]]:
    person = f"p-{number}"
    point = {"id": f"cp-{number}", "kind": "email", "value": f"vecina{number}@example.co"}
    known = {"person_id": person, "version": 1, "names": "Vecina", "contact_points": [point]}
    there = {
        "membership_id": f"m-{number}",
        "version": 1,
        "person_id": person,
        "scope": f"copropiedad:{BUILDING}",
    }
    return [
        event("directory.person.upserted", known),
        event("directory.membership.upserted", {**there, "role": "resident"}),
    ]


def works() -> dict[str, Any]:
    """Announce works of next month: the notice is sent now, the reminders wait for an instant."""
    starts = datetime.now(UTC) + timedelta(days=30)
    return event(
        "maintenance.scheduled.announced",
        {
            "copropiedad_id": BUILDING,
            "work_id": "obra-1",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=3)).isoformat(),
            "affected_services": ["agua"],
            "contact": "Portería, 601 555 0100",
        },
    )
