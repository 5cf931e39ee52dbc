"""Redis is flushed and killed while many clocks fall due and two timer processes run."""

import pytest
from redis.asyncio import Redis

from tests.acceptance.harness import until
from tests.chaos.clocks import OTHERS, STEPS, agree, at_once, in_order, mails, steps
from tests.chaos.scenario import Scenario
from tests.chaos.test_redis import staffed, times
from tests.servers import Servers

CASES = 40
LADDER = """
[clocks.first_reply]
target = "6s"
any_hour = true
ladder = ["6s", "4s", "4s", "4s"]
"""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


async def test_steps_fire_once_and_boards_return_after_redis_is_flushed_and_killed(
    alone: Scenario, private_servers: Servers
) -> None:
    """Redis is flushed before and during the breach, and down when the cases go from level 2 to 3."""
    await staffed(alone, LADDER)
    async with alone.hub(*OTHERS), alone.hub("timers"), alone.hub("timers"):
        async with Redis.from_url(alone.house.redis_url) as redis:
            await alone.publish(at_once(CASES))
            await until(lambda: len(alone.house.smtp.mails) >= CASES, "the receipts")
            await redis.flushall()
            await until(lambda: times(alone, "nivel2") > 0, "the first to be notified")
            await redis.flushall()
        await until(lambda: times(alone, "nivel2") == CASES, "level 2 to be notified of all")
        await private_servers.redis.kill()
        await until(lambda: times(alone, "nivel3") == CASES, "level 3 to be notified without Redis")
        await private_servers.redis.start()
        await until(lambda: times(alone, "nivel4") == 2 * CASES, "the ladders to their end")
        await alone.settles()
        await until(lambda: agree(alone), "the boards to show what SQL says")
    verdict = await alone.verdict()
    counts = steps(alone)

    assert [] == verdict.complaints
    assert 0 == verdict.unknown
    assert dict.fromkeys(STEPS[:5], CASES) == {step: len(counts[step]) for step in STEPS[:5]}
    assert {1: 2 * CASES, 2: CASES, 3: CASES, 4: 2 * CASES} == mails(alone)
    assert [STEPS[:5]] * CASES == in_order(alone)
