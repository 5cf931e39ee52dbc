"""Fixtures of the contract tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.model import StoredEvent
from tests.contract.stores import RealStores, Stores, memory_stores, open_stores
from tests.contract.values import event, stored
from tests.servers import APP, Servers, as_user


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on both kinds of stores, unless it requires the real ones."""
    if "stores" in metafunc.fixturenames:
        real = metafunc.function.__annotations__.get("stores") == RealStores.__name__
        metafunc.parametrize("place", ["postgres"] if real else ["memory", "postgres"], indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str | None:
    """The database's URL; None for the stores in memory. Not async, because it requests an async fixture."""
    if request.param == "memory":
        return None
    url: str = request.getfixturevalue("emptied_database")
    return url


@pytest.fixture
async def emptied_database(servers: Servers) -> str:
    """With the rights of the roles: a store that needs more would not work anywhere."""
    return as_user(await servers.emptied_database(), APP)


@pytest.fixture
async def stores(place: str | None) -> AsyncIterator[Stores]:
    if place is None:
        yield memory_stores()
        return
    async with open_stores(place) as opened:
        yield opened


@pytest.fixture
async def of(stores: Stores) -> StoredEvent:
    """The event of the messages: claiming joins it."""
    one = stored(event(data={"pqrs_id": "PQ-1"}), copropiedad_id="ph-1", unit_id="u-1")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([one])
    return one
