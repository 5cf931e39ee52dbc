"""Fixtures of the tests with real servers."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.local.loopback import free_port
from hub.storage import Database, migrations
from hub.storage.migrations import upgrading
from hub.web.console import sign_in
from tests import made_up_migrations
from tests.contract.stores import RealStores, stores_in
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.servers import Servers


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    """A database of its own, connected to."""
    async with Database(database) as opened:
        yield opened


@pytest.fixture
def stores(opened: Database) -> RealStores:
    """All stores, in that database."""
    return stores_in(opened)


@pytest.fixture
async def empty(servers: Servers) -> AsyncIterator[str]:
    """A database without a table."""
    async with servers.empty_database() as url:
        yield url


@pytest.fixture
def environ(amqp_url: str, redis_url: str, database: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a `hub` command on servers of its own."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
        "HUB_AMQP_URL": amqp_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_DATABASE_URL": database,
        "HUB_CAPTURE_DIR": str(tmp_path / "outbox"),
        "HUB_HTTP": f"127.0.0.1:{free_port()}",
    }


@pytest.fixture
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """The console of a hub with two buildings."""
    async with console_hub(servers) as hub:
        yield hub


@pytest.fixture
def refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a refusal of the sign-in take a multiple of 10 ms: few tests are about how long it takes."""
    monkeypatch.setattr(sign_in, "REFUSED_AFTER", 0.01)


@pytest.fixture
def refused_in_time(refused_soon: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it comes after it
    """Let a refused sign-in take the time that it takes in service."""
    monkeypatch.undo()


@pytest.fixture
async def later(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that needs a later schema than ours: there are migrations after those that it has."""
    await servers.make_template()  # which has ours
    monkeypatch.setattr(upgrading, "VERSIONS", made_up_migrations.WITH_THESE)
    monkeypatch.setattr(migrations, "HEAD", made_up_migrations.LAST)
