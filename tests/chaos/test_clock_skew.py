"""Processes whose clocks disagree by more than a lease."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest

from tests.acceptance.harness import HubProcess, hub_process, until
from tests.chaos.scenario import Scenario, replied
from tests.chaos.test_redis import WHOLE_LADDER, escalations, received, staffed, times
from tests.providers.smtp_manners import first, replying

EVENTS = 200
REFUSED_FOR_NOW = 60
SKEW = 45
"""Seconds. An event may be five minutes in the future; a lease in these tests lasts five seconds."""

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


def skewed(trial: Scenario, role: str, seconds: int, library: Path) -> HubProcess:
    """Make a process whose clock is that far ahead; its monotonic clock is unchanged."""
    hub = trial.house.hub(role)
    changed = {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    hub.environment = {**hub.environment, **changed}
    hub.log = trial.house.folder / f"{role}.log"
    return hub


def ahead(hub: HubProcess) -> float:
    """Return how far a process's clock is ahead of the kernel's, which sets its log file's mtime."""
    logged = datetime.fromisoformat(hub.lines()[-1]["timestamp"])
    return logged.timestamp() - hub.log.stat().st_mtime
