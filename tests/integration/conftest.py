"""Fixtures of the tests with real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.storage import Database
from hub.web.console import sign_in
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


@pytest.fixture
def refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a refusal of the sign-in take a multiple of 10 ms: few tests are about how long it takes."""
    monkeypatch.setattr(sign_in, "REFUSED_AFTER", 0.01)


@pytest.fixture
def refused_in_time(refused_soon: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it comes after it
    """Let a refused sign-in take the time that it takes in service."""
    monkeypatch.undo()
