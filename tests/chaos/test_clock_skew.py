"""Processes whose clocks disagree by more than a lease, or by hours."""

import os
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.harness import HubProcess, hub_process, until
from tests.chaos.scenario import QUICK, Scenario, replied
from tests.chaos.test_redis import WHOLE_LADDER, escalations, received, staffed, times
from tests.providers.smtp_conversation import Conversation
from tests.providers.smtp_manners import first, replying

EVENTS = 200
REFUSED_FOR_NOW = 60
SKEW = 45
"""Seconds. An event may be five minutes in the future; a lease in these tests lasts five seconds."""
HOUR = 3_600
MAILS = 30
GREYLISTED_FOR = 8.0
FEW_TRIES = QUICK.replace(
    'email = { base = "300ms", cap = "2s", tries = 1000 }', 'email = { base = "1s", cap = "2s", tries = 20 }'
)
"""Twenty tries last for half a minute, or for a few seconds if none of them waits for its time."""
WATCHFUL = """
[monitor]
interval = "300ms"
clear_after = "1h"
max_clock_skew = "5s"
"""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@pytest.fixture
def library() -> Path:
    """Return the library that changes the clock of one process; Debian's package is faketime."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("not installed: faketime")
        pytest.skip("not installed: faketime")
    return found[0]


@pytest.mark.parametrize(
    "skews",
    [
        {"intake": -SKEW, "delivery": SKEW, "timers": -SKEW},
        {"intake": SKEW, "delivery": -SKEW, "timers": SKEW},
    ],
    ids=["delivery-ahead", "delivery-behind"],
)
async def test_clock_skew_loses_nobody_and_notifies_each_level_once(
    trial: Scenario, library: Path, skews: Mapping[str, int]
) -> None:
    trial.house.smtp.on("RCPT", first(REFUSED_FOR_NOW, replying("451 4.7.1 Greylisted", about="pedro")))
    await staffed(trial)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(trial.hub("web"))
        hubs = {role: skewed(trial, role, seconds, library) for role, seconds in skews.items()}
        for hub in hubs.values():
            await stack.enter_async_context(hub_process(hub))
        await trial.publish([received(EVENTS), *(replied(number) for number in range(EVENTS))])
        await until(lambda: times(trial, "nivel4") >= 2, "the ladder to its end", patience=4 * SKEW)
        await trial.settles(patience=4 * SKEW)
        dead = await trial.dead()
    verdict = await trial.verdict()

    assert {role: pytest.approx(seconds, abs=10) for role, seconds in skews.items()} == {
        role: ahead(hub) for role, hub in hubs.items()
    }
    assert [] == verdict.complaints
    assert WHOLE_LADDER == escalations(trial)
    assert [] == dead


@pytest.mark.parametrize("seconds", [-7_200, 7_200], ids=["slow", "fast"])
async def test_retries_of_a_delivery_that_is_two_hours_off_are_tried_at_their_time(
    trial: Scenario, library: Path, seconds: int
) -> None:
    trial.house.policy(FEW_TRIES)
    greylisting = Greylisting(GREYLISTED_FOR)
    trial.house.smtp.on("RCPT", greylisting)
    async with trial.hub("intake", "timers", "web"), hub_process(skewed(trial, "delivery", seconds, library)):
        await trial.publish([replied(number) for number in range(MAILS)])
        await trial.settles(patience=60)
        failed = await trial.rows("failed")
    verdict = await trial.verdict()

    assert [] == verdict.complaints
    assert [] == failed
    assert greylisting.refused > MAILS


async def test_hub_whose_clocks_are_two_hours_slow_refuses_no_event_and_says_so(
    trial: Scenario, library: Path
) -> None:
    trial.house.policy(WATCHFUL)
    async with hub_process(skewed(trial, "", -2 * HOUR, library)) as hub:
        await trial.publish([replied(number) for number in range(MAILS)])
        await until(lambda: len(notified(trial)) == MAILS, "the mails")
        dead = await trial.dead()
        status, ready = await readiness(trial)
        await until(lambda: is_reported(trial), "the incident")
        wrong = [line["seconds_behind"] for line in hub.lines() if line["event"] == "clock.wrong"]

    assert [] == dead
    assert (503, "not ok") == (status, ready["servers"]["clock"])
    assert {"ok"} == {state for name, state in ready["servers"].items() if name != "clock"}
    assert [pytest.approx(2 * HOUR, abs=5)] == wrong


async def test_clock_of_delivery_alone_is_an_incident_too(trial: Scenario, library: Path) -> None:
    trial.house.policy(WATCHFUL)
    async with (
        trial.hub("intake", "timers", "web"),
        hub_process(skewed(trial, "delivery", 2 * HOUR, library)),
    ):
        await trial.publish([replied(1)])
        await until(lambda: bool(notified(trial)), "the mail")
        await until(lambda: is_reported(trial), "the incident")
        status, _ = await readiness(trial)

    assert 200 == status


class Greylisting:
    """Refuses all mail for the first seconds after the first one."""

    def __init__(self, seconds: float) -> None:
        self.refused = 0
        self._seconds = seconds
        self._until = 0.0

    async def __call__(self, conversation: Conversation, _line: str) -> bool:
        self._until = self._until or time.monotonic() + self._seconds
        if time.monotonic() > self._until:
            return False
        self.refused += 1
        conversation.wire.reply("451 4.7.1 Greylisted")
        return True


def notified(trial: Scenario) -> set[str]:
    return {mail.recipient for mail in trial.house.smtp.mails if mail.recipient.startswith("pedro")}


async def readiness(trial: Scenario) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession(f"http://{trial.house.settings['HUB_HTTP']}") as session,
        session.get("/health/ready") as answer,
    ):
        return answer.status, await answer.json()


async def is_reported(trial: Scenario) -> bool:
    shown = await trial.ask("/api/incidents")
    return any(item["kind"] == "skew" and item["state"] == "open" for item in shown["items"])


def skewed(trial: Scenario, role: str, seconds: int, library: Path) -> HubProcess:
    """Make a process whose clock is that far ahead; its monotonic clock is unchanged."""
    hub = trial.house.hub(*([role] if role else []))
    changed = {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    hub.environment = {**hub.environment, **changed}
    hub.log = trial.house.folder / f"{role or 'hub'}.log"
    return hub


def ahead(hub: HubProcess) -> float:
    """Return how far a process's clock is ahead of the kernel's, which sets its log file's mtime."""
    logged = datetime.fromisoformat(hub.lines()[-1]["timestamp"])
    return logged.timestamp() - hub.log.stat().st_mtime
