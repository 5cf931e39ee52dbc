"""Real servers for every test that asks for them: private, on loopback, gone at the end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest

from hub.errors import ProgramMissing
from tests.servers import Servers, new_servers, remove


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """
    For tests that leave the servers alone.

    Started from the main thread: the servers end with the thread that starts them. A loop
    factory keeps the runner from touching the loop that pytest-asyncio has set.
    """
    started = _servers_or_skip()
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        try:
            runner.run(started.start())
            yield started
        finally:
            runner.run(started.stop())
            remove(started)


@pytest.fixture
async def private_servers() -> AsyncIterator[Servers]:
    """For tests that stop, kill and start servers. Takes three seconds."""
    started = _servers_or_skip()
    try:
        await started.start()
        yield started
    finally:
        await started.stop()
        remove(started)


@pytest.fixture
async def amqp_url(servers: Servers) -> AsyncIterator[str]:
    """A virtual host of its own."""
    async with servers.vhost() as url:
        yield url


@pytest.fixture
async def redis_url(servers: Servers) -> AsyncIterator[str]:
    """An empty database."""
    async with servers.redis_database() as url:
        yield url


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[str]:
    """The URL of a database of its own, with the hub's schema and nothing in it."""
    async with servers.database() as url:
        yield url


def _servers_or_skip() -> Servers:
    try:
        return new_servers()
    except ProgramMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing} With CI=true that is a failure.")
        pytest.skip(str(missing))
