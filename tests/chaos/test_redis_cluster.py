"""The hub on a Redis Cluster: a slot moves between nodes, and a node is killed, while clocks fall due."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import House, opened_house
from tests.acceptance.harness import until
from tests.chaos.clocks import OTHERS, STEPS, agree, at_once, in_order, mails, steps
from tests.chaos.scenario import Scenario, make_scenario
from tests.chaos.test_redis import staffed, times
from tests.redis_cluster import OUR_SLOT, RedisCluster, redis_cluster
from tests.servers import open_folder

CASES = 40
LADDER = """
[clocks.first_reply]
target = "6s"
any_hour = true
ladder = ["6s", "6s", "6s", "6s"]
"""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


@pytest.fixture
async def nodes(installed: None) -> AsyncIterator[RedisCluster]:  # noqa: ARG001 - asked for its refusal
    with open_folder() as folder:
        async with redis_cluster(folder) as made:
            yield made


@pytest.fixture
async def clustered(
    nodes: RedisCluster, new_amqp_url: str, database: str, tmp_path: Path
) -> AsyncIterator[Scenario]:
    async with opened_house(
        House(amqp_url=new_amqp_url, redis_url=nodes.url, database_url=database, folder=tmp_path)
    ) as house:
        yield await make_scenario(house)


async def test_steps_fire_once_while_the_slot_moves_and_its_node_is_lost(
    clustered: Scenario, nodes: RedisCluster
) -> None:
    """The slot moves during the breach. At level 2 its node is killed, and returns with an empty disk."""
    await staffed(clustered, LADDER)
    async with clustered.hub(*OTHERS), clustered.hub("timers") as timers, clustered.hub("timers"):
        await clustered.publish(at_once(CASES))
        await until(lambda: len(clustered.house.smtp.mails) >= CASES, "the receipts")
        await until(lambda: agree(clustered), "the boards to show what SQL says")
        await nodes.move(pause=0.1)
        moved = [node.port for node in nodes.nodes if await node.ask("CLUSTER COUNTKEYSINSLOT", OUR_SLOT)]
        await until(lambda: times(clustered, "nivel2") == CASES, "level 2 to be notified of all")
        holder = await nodes.holder()
        await holder.kill()
        await until(lambda: times(clustered, "nivel3") == CASES, "level 3 to be notified without the node")
        shutil.rmtree(holder.folder / "appendonlydir")
        await holder.start()
        await nodes.agrees()
        await until(lambda: times(clustered, "nivel4") == 2 * CASES, "the ladders to their end")
        await clustered.settles()
        await until(lambda: agree(clustered), "the boards to show what SQL says")
        said = {line["event"] for line in timers.lines()}
        broken = [line for line in timers.lines() if line["event"] == "timers.broken"]
    verdict = await clustered.verdict()
    counts = steps(clustered)

    assert [holder.port] == moved
    assert {"appointments.unavailable", "appointments.rebuilt"} <= said
    assert [] == broken
    assert [] == verdict.complaints
    assert 0 == verdict.unknown
    assert dict.fromkeys(STEPS[:5], CASES) == {step: len(counts[step]) for step in STEPS[:5]}
    assert {1: 2 * CASES, 2: CASES, 3: CASES, 4: 2 * CASES} == mails(clustered)
    assert [STEPS[:5]] * CASES == in_order(clustered)
