"""Houses for chaos tests: with private servers that may be stopped, or on the shared servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.local.postgres import USER
from hub.storage import migrations
from tests.acceptance.conftest import House, opened_house
from tests.chaos.scenario import Scenario, make_breakable, make_scenario
from tests.servers import Servers


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
    """A scenario whose servers may be stopped."""
    return await make_breakable(home, private_servers)


@pytest.fixture
async def trial(amqp_url: str, redis_url: str, database: str, tmp_path: Path) -> AsyncIterator[Scenario]:
    """A scenario in which only the hub or its providers may be broken."""
    async with opened_house(
        House(amqp_url=amqp_url, redis_url=redis_url, database_url=database, folder=tmp_path)
    ) as house:
        yield await make_scenario(house)
