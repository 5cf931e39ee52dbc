"""Houses for chaos tests: with private servers that may be stopped, or on the shared servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from hub.local.postgres import USER
from hub.storage import migrations
from tests.acceptance.conftest import House, opened_house
from tests.chaos.scenario import Scenario, make_scenario
from tests.servers import Servers

NAMES_WRITTEN: Final = "dets:sync(maps:get(directory_rev, maps:get(names, ra_system:fetch(quorum_queues))))."
"""
RabbitMQ writes the names of new quorum queues within half a second. A broker that is killed before takes the
queue for a new one when it comes back, which never has a leader, and confirms nothing that is routed to it.
"""


@pytest.fixture
async def home(private_servers: Servers, tmp_path: Path) -> AsyncIterator[House]:
    """A house with private servers, which may be stopped."""
    await migrations.upgrade(private_servers.postgres.url)
    async with opened_house(
        House(
            amqp_url=private_servers.rabbitmq.url,
            redis_url=private_servers.redis.url,
            database_url=private_servers.postgres.url,
            database_user=USER,
            folder=tmp_path,
        )
    ) as house:
        yield house


@pytest.fixture
async def alone(home: House, private_servers: Servers) -> Scenario:
    """A scenario whose servers may be stopped: its queues are those of a broker that has run for a while."""
    made = await make_scenario(home)
    await private_servers.rabbitmq.evaluate(NAMES_WRITTEN)
    return made


@pytest.fixture
async def trial(amqp_url: str, redis_url: str, database: str, tmp_path: Path) -> AsyncIterator[Scenario]:
    """A scenario in which only the hub or its providers may be broken."""
    async with opened_house(
        House(amqp_url=amqp_url, redis_url=redis_url, database_url=database, folder=tmp_path)
    ) as house:
        yield await make_scenario(house)
