"""Fixtures of the tests with real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.storage import Database
from tests.servers import Servers


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    """A database of its own, connected to."""
    async with Database(database) as opened:
        yield opened


@pytest.fixture
async def empty(servers: Servers) -> AsyncIterator[str]:
    """A database without a table."""
    async with servers.empty_database() as url:
        yield url
