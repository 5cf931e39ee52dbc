"""The company closes for some days while terms run: after a restart with these days the terms keep them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.policy import load_policy
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until

BOGOTA = ZoneInfo("America/Bogota")
HOURS_90 = timedelta(hours=90)
"""Ten days of nine hours: a warning on the first one is past when ten days of the year are."""
AN_EARLY_WARNING = """
[clocks.first_reply]
target = "90h"
at_risk = 0.1
ladder = ["90h", "8h", "8h", "8h"]
"""


def closing(days: int) -> str:
    """Say that there is no business on so many days from tomorrow on."""
    today = datetime.now(BOGOTA).date()
    closed = (today + timedelta(days=number) for number in range(1, days + 1))
    return "[calendar.special_days]\n" + "".join(f'"{day}" = []\n' for day in closed)


async def test_closed_days_move_a_running_term_without_repeating_steps(house: House) -> None:
    received = datetime.now(UTC) - timedelta(days=10)
    house.policy(AN_EARLY_WARNING)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1), time=received.isoformat())
        await until(lambda: ["at_risk"] == _steps(house), "the warning")
        before = await _due_at(house)
    promised = _promised(house, received)
    house.policy(AN_EARLY_WARNING + closing(days=7))
    async with house.running():
        moved = _promised(house, received)

        async def is_moved() -> bool:
            return await _due_at(house) == moved

        await until(is_moved, "the term to move")
        await until(lambda: "clocks.laid_out_anew" in _logged(house), "the log to say so")

    assert promised == before
    assert promised < moved
    assert ["at_risk"] == _steps(house)


def _promised(house: House, received: datetime) -> datetime:
    policy = load_policy(Path(house.settings["HUB_POLICY"]))
    return policy.calendar.due(received, HOURS_90)


async def _due_at(house: House) -> datetime:
    listed = json.loads(await house.command("clocks", "--json", "--state", "at_risk"))
    [due] = [clock["due_at"] for clock in listed["items"] if clock["name"] == "first_reply"]
    return datetime.fromisoformat(due)


def _lines(house: House) -> list[dict[str, Any]]:
    return house.hub().lines()


def _logged(house: House) -> set[str]:
    return {line["event"] for line in _lines(house)}


def _steps(house: House) -> list[str]:
    """Answer the steps that the first reply's clock has done, in either life of the hub."""
    return [
        line["step"]
        for line in _lines(house)
        if line["event"] == "clock.step" and line["clock"] == "first_reply"
    ]
