"""Real servers for every test that asks for them: private, on loopback, gone at the end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from hub.local import programs
from tests.integration.chromium import Browser, Chromium, open_browser, running_chromium
from tests.redis_cluster import RedisCluster
from tests.servers import RedisPlace, Servers, new_servers, open_folder

# A time-out ends what hangs; how long one example takes says only how busy the machine is.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

SLOW = ("chaos", "acceptance")
"""Folders whose tests take seconds, and mostly wait."""


def pytest_configure() -> None:
    """Let hubs under test receive Ctrl-C: a shell's background job, and so its children, would not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Deal the slow files out to both halves of the list, in front: pytest-xdist gives a half to each process.

    At the end each has short tests left, of which the other can take some; a long one would keep it waiting.
    """
    files = list(dict.fromkeys(item.path for item in items))
    slow = [file for file in files if file.parent.name in SLOW]
    turn = {file: number % 2 for number, file in enumerate(slow)}
    dealt = [[item for item in items if turn.get(item.path) == half] for half in (0, 1)]
    rest = [item for item in items if item.path not in turn]
    middle = max(0, len(items) // 2 - len(dealt[0]))
    items[:] = [*dealt[0], *rest[:middle], *dealt[1], *rest[middle:]]


@pytest.fixture(scope="session")
def installed() -> None:
    """
    The servers' programs; a test without them skips, but never in CI.

    Those of PostgreSQL come first on the PATH: a `pg_dump` that is older than the server refuses to work.
    """
    if absent := [program.name for program in programs.missing(everything=True)]:
        reason = f"not installed: {', '.join(absent)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    os.environ["PATH"] = f"{programs.find_postgres().parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def servers(installed: None) -> Iterator[Servers]:  # noqa: ARG001 - asked for its refusal
    """
    For tests that leave the servers alone.

    Started from the main thread: the servers end with the thread that starts them. A loop
    factory keeps the runner from touching the loop that pytest-asyncio has set.
    """
    with open_folder() as folder, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        started = new_servers(folder)
        try:
            runner.run(started.start())
            yield started
        finally:
            runner.run(started.stop())


@pytest.fixture
async def private_servers(installed: None) -> AsyncIterator[Servers]:  # noqa: ARG001 - the same
    """For tests that stop, kill and start servers. Takes three seconds."""
    with open_folder() as folder:
        started = new_servers(folder)
        try:
            await started.start()
            yield started
        finally:
            await started.stop()


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


@pytest.fixture(scope="session")
def redis_cluster(installed: None) -> Iterator[RedisCluster]:  # noqa: ARG001 - asked for its refusal
    """For tests that leave the nodes alone. Started like `servers`."""
    with open_folder() as folder, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        started = RedisCluster(folder)
        try:
            runner.run(started.start())
            yield started
        finally:
            runner.run(started.stop())


@pytest.fixture
async def cluster_place(redis_cluster: RedisCluster) -> RedisPlace:
    """An empty Redis Cluster."""
    await redis_cluster.flush()
    return RedisPlace(redis_cluster.url, server_url=(await redis_cluster.holder()).url)


@pytest.fixture
async def server_place(redis_url: str) -> RedisPlace:
    return RedisPlace(redis_url, server_url=redis_url)


@pytest.fixture(params=["server", "cluster"])
def redis_place(request: pytest.FixtureRequest) -> RedisPlace:
    """A single Redis, then a cluster. Not async, because it requests async fixtures."""
    place: RedisPlace = request.getfixturevalue(f"{request.param}_place")
    return place


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[str]:
    """The URL of a database of its own, with the hub's schema and nothing in it."""
    async with servers.database() as url:
        yield url


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser that all tests share."""
    with running_chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    """A tab with nothing of other tests in it."""
    async with open_browser(chromium) as opened:
        yield opened
