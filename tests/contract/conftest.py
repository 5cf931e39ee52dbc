"""Fixtures of the contract tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from hub.model import StoredEvent
from hub.storage import Database
from tests.contract.stores import RealStores, Stores, memory_stores, stores_in
from tests.contract.values import event, stored
from tests.servers import APP, EMPTY, Servers, as_user

HERE: Final = Path(__file__).parent


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on both kinds of stores, unless it requires the real ones."""
    if "stores" in metafunc.fixturenames:
        real = metafunc.function.__annotations__.get("stores") == RealStores.__name__
        metafunc.parametrize("place", ["postgres"] if real else ["memory", "postgres"], indirect=True)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """
    Run the tests of stores in one loop, so that they share the pool's connections as the works of a hub do.

    A connection's first statements cost PostgreSQL more than all that a test asks of it.
    """
    for item in items:
        # All tests come here: most have no stores, which is found faster than where they are.
        if "stores" in getattr(item, "fixturenames", ()) and HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str | None:
    """The database's URL; None for the stores in memory. Not async, because it requests an async fixture."""
    if request.param == "memory":
        return None
    url: str = request.getfixturevalue("emptied_database")
    return url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def emptying(servers: Servers) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of PostgreSQL's own user, who may empty every table."""
    connection = await asyncpg.connect(await servers.reused_database())
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def emptied_database(servers: Servers, emptying: asyncpg.Connection[asyncpg.Record]) -> str:
    """With the rights of the roles: a store that needs more would not work anywhere."""
    await emptying.execute(EMPTY)
    return as_user(await servers.reused_database(), APP)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool(servers: Servers) -> AsyncIterator[Database]:
    """The connections of all tests, with nothing of a test in them: none sets anything for its session."""
    async with Database(as_user(await servers.reused_database(), APP)) as opened:
        yield opened


@pytest.fixture
def stores(request: pytest.FixtureRequest, place: str | None) -> Stores:
    """Not async, because it requests an async fixture."""
    return memory_stores() if place is None else stores_in(request.getfixturevalue("pool"))


@pytest_asyncio.fixture(loop_scope="session")
async def of(stores: Stores) -> StoredEvent:
    """The event of the messages: claiming joins it."""
    one = stored(event(data={"pqrs_id": "PQ-1"}), copropiedad_id="ph-1", unit_id="u-1")
    await stores.add_events(one)
    return one
