"""One hub on the default policy for all tests of a module: each looks at its own people and events."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.acceptance.publisher_queue import Lasting, discreet, lasting
from tests.servers import Servers


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with lasting(servers, tmp_path_factory.mktemp("hub")) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def home(running: Lasting) -> AsyncIterator[Lasting]:
    """That hub; after each test its log has nothing of a person."""
    async with discreet(running) as same:
        yield same
