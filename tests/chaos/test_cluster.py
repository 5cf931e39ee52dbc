"""A RabbitMQ cluster loses the node that leads the queue in use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.consumers.topology import messages_queue
from hub.model import Lane
from tests.acceptance.conftest import House, opened_house
from tests.acceptance.harness import until
from tests.chaos.cluster import Cluster, cluster
from tests.chaos.scenario import Scenario, make_scenario, replied
from tests.chaos.wire import port_of, through, wire
from tests.servers import open_folder

EVENTS = 1_500

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@pytest.fixture
async def nodes(installed: None) -> AsyncIterator[Cluster]:  # noqa: ARG001 - asked for its refusal
    with open_folder() as folder:
        async with cluster(folder) as made:
            yield made


@pytest.fixture
async def clustered(nodes: Cluster, redis_url: str, database: str, tmp_path: Path) -> AsyncIterator[Scenario]:
    """A scenario whose broker is reached through a stand-in for a load balancer."""
    async with wire(*(node.port for node in nodes.nodes)) as balancer:
        url = nodes.nodes[0].url
        async with opened_house(
            House(
                amqp_url=through(balancer.port, url),
                redis_url=redis_url,
                database_url=database,
                folder=tmp_path,
            )
        ) as house:
            assert port_of(house.amqp_url) == balancer.port
            yield await make_scenario(house)


async def test_the_node_of_the_hubs_connections_is_killed_and_the_next_of_the_url_takes_over(
    clustered: Scenario, nodes: Cluster
) -> None:
    first, *others = nodes.nodes
    more = "".join(f",127.0.0.1:{node.port}" for node in others)
    clustered.house.settings["HUB_AMQP_URL"] = first.url.replace(f":{first.port}", f":{first.port}{more}")
    half = EVENTS // 2
    await clustered.publish([replied(number) for number in range(half)])
    async with clustered.hub():
        await until(lambda: len(clustered.house.smtp.mails) > 50, "some mails")
        await first.kill()
        await clustered.publish([replied(number) for number in range(half, EVENTS)])
        await clustered.settles(patience=180)
        dead = await clustered.dead()
    verdict = await clustered.verdict()

    assert not first.child.running
    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead


async def test_the_leader_of_a_queue_is_killed_and_nobody_is_lost(
    clustered: Scenario, nodes: Cluster
) -> None:
    queue = messages_queue("email", Lane.NORMAL)
    half = EVENTS // 2
    await clustered.publish([replied(number) for number in range(half)])
    async with clustered.hub():
        await until(lambda: len(clustered.house.smtp.mails) > 50, "some mails")
        leader = await nodes.leader_of(queue)
        await leader.kill()
        await clustered.publish([replied(number) for number in range(half, EVENTS)])
        await clustered.settles(patience=180)
        dead = await clustered.dead()
        survivors = [node.child.running for node in nodes.nodes]
    verdict = await clustered.verdict()

    assert [True, True] == [alive for alive in survivors if alive]
    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead
