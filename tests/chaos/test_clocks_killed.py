"""The timers are killed between publish, advance and arm; each step still fires once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from hub.storage import Database
from hub.storage.timers import PostgresTimers
from tests.acceptance import directory
from tests.acceptance.harness import event, until
from tests.chaos.clocks import LADDER, OTHERS, STEPS, again, agree, at_once, in_order, mails, steps
from tests.chaos.protocol_breakpoints import Point, watched
from tests.chaos.scenario import Scenario, replied
from tests.chaos.test_redis import staffed, times

TWO_STEPS: Final = LADDER.replace(', "2s", "2s"]', "]")
CASES: Final = 3
MANY: Final = 200

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


async def test_timers_killed_between_publish_advance_and_arm_fire_each_step_once(trial: Scenario) -> None:
    await staffed(trial, LADDER)
    async with trial.hub(*OTHERS), watched(trial, "timers") as timers:
        timers.dies(Point.PUBLISHED, "breach:1")
        await trial.publish(at_once(CASES))
        for point, step in ((Point.CONFIRMED, "escalate:2"), (Point.ADVANCED, "escalate:3")):
            await timers.killed()
            timers.dies(point, step)
            await timers.hub.start()
        await timers.killed()
        await timers.hub.start()
        await until(lambda: times(trial, "nivel4") == 2 * CASES, "the ladders to their end")
        warned = 2 * CASES
        for number, point in enumerate(Point):
            timers.dies(point, "resolve:1")
            await trial.publish([answered(number)])
            await timers.killed()
            await timers.hub.start()
            await until(lambda: times(trial, "nivel1") == warned + number + 1, "level 1 to get it")  # noqa: B023 - waited for at once
        await trial.settles()
        await until(lambda: agree(trial), "Redis to say what SQL says")
    verdict = await trial.verdict()
    counts = steps(trial)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown
    assert dict.fromkeys(STEPS, CASES) == {step: len(counts[step]) for step in STEPS}
    # Each level gets its step and the end, the fourth also a reminder, the first a warning.
    assert {1: 3 * CASES, 2: 2 * CASES, 3: 2 * CASES, 4: 3 * CASES} == mails(trial)
    # An event that was not recorded as published is published again, under the same id.
    assert {"breach:1", "escalate:2", "resolve:1"} <= {step for step in STEPS if again(counts[step])}
    assert [STEPS] * CASES == in_order(trial)


async def test_timers_killed_among_many_steps_lose_and_repeat_nothing(trial: Scenario) -> None:
    """Of 200 due at once, some are confirmed when the process dies; SQL does not record the next step."""
    await staffed(trial, TWO_STEPS)
    async with trial.hub(*OTHERS), watched(trial, "timers") as first:
        first.dies(Point.PUBLISHED, "breach:1")
        await trial.publish(at_once(MANY))
        await first.killed()
        async with watched(trial, "timers") as second:
            second.dies(Point.CONFIRMED, "escalate:3")
            await second.killed()
            async with trial.hub("timers"):
                await until(lambda: times(trial, "nivel3") == MANY, "the last step of all", patience=60)
                await trial.settles()
                await until(lambda: agree(trial), "Redis to say what SQL says")
    verdict = await trial.verdict()
    counts = steps(trial)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown
    assert dict.fromkeys(STEPS[:3], MANY) == {step: len(counts[step]) for step in STEPS[:3]}
    assert {1: 2 * MANY, 2: MANY, 3: MANY, 4: 0} == mails(trial)
    assert 0 < again(counts["breach:1"])
    assert 0 < again(counts["escalate:3"])
    assert [STEPS[:3]] * MANY == in_order(trial)


async def test_two_timers_with_the_same_due_clocks_fire_each_step_once(trial: Scenario) -> None:
    """The first has published and is slow to record it; meanwhile the second does all of it and more."""
    await staffed(trial, LADDER)
    async with trial.hub(*OTHERS), watched(trial, "timers") as slow:
        written = asyncio.Event()
        slow.waits(Point.CONFIRMED, "escalate:2", written)
        await trial.publish(at_once(CASES))
        await until(slow.reached.is_set, "the first to have published")
        async with trial.hub("timers"):
            await until(lambda: times(trial, "nivel3") == CASES, "the second to go further")
            written.set()
            await until(lambda: times(trial, "nivel4") == 2 * CASES, "the ladders to their end")
            await trial.settles()
            await until(lambda: agree(trial), "Redis to say what SQL says")
    verdict = await trial.verdict()
    counts = steps(trial)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown
    assert dict.fromkeys(STEPS[:5], CASES) == {step: len(counts[step]) for step in STEPS[:5]}
    assert {1: 2 * CASES, 2: CASES, 3: CASES, 4: 2 * CASES} == mails(trial)
    assert CASES == again(counts["escalate:2"])
    assert [STEPS[:5]] * CASES == in_order(trial)


async def test_timers_killed_after_a_check_end_the_clock_once(trial: Scenario) -> None:
    """An announcement due three days ahead has left: the event that reports it ends the promise."""
    await staffed(trial)
    async with (
        trial.hub(*OTHERS),
        watched(trial, "timers") as timers,
        Database(trial.house.database_url) as db,
    ):
        # The announcement has another lane, and might overtake the building.
        await trial.publish([replied(1)])
        await until(lambda: bool(trial.house.smtp.mails), "the mail after the building")
        timers.dies(Point.PUBLISHED, ":checked")
        await trial.publish([works(in_=timedelta(hours=72, seconds=6))])
        await timers.killed()
        await timers.hub.start()
        await trial.settles()
        await until(lambda: agree(trial), "Redis to say what SQL says")
        live = await PostgresTimers(db).live_clocks(None, 10)
    verdict = await trial.verdict()
    counts = steps(trial)

    assert [] == verdict.complaints
    assert ({"checked"}, 1, []) == (set(counts), len(counts["checked"]), live)


def answered(number: int) -> dict[str, Any]:
    data = {"pqrs_id": f"pqrs-{number}", "radicado": f"PQ-2026-{number:06}", "summary": "Listo."}
    return event("pqrs.replied", {**data, "agent_id": "agente-1"})


def works(in_: timedelta) -> dict[str, Any]:
    starts = datetime.now(UTC) + in_
    announced = {"work_id": "obra-1", "affected_services": ["agua"], "contact": "Portería, 601 555 0100"}
    ends = (starts + timedelta(hours=3)).isoformat()
    place = {"copropiedad_id": directory.BUILDING}
    return event(
        "maintenance.scheduled.announced",
        {**announced, **place, "starts_at": starts.isoformat(), "ends_at": ends},
    )
