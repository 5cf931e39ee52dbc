"""Real servers for every test that asks for them: private, on loopback, gone at the end."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import pytest
from hypothesis import settings

from hub.local import programs
from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import Server
from tests.integration.chromium import Browser, Chromium, open_browser, running_chromium
from tests.redis_cluster import RedisCluster
from tests.servers import RedisPlace, Servers, new_servers, open_folder
from tests.shared_servers import keeper_of, shared_servers

# A time-out ends a test that hangs; the time of one example shows only how busy the machine is.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

pytest_plugins = ["tests.workers"]

_Kind = TypeVar("_Kind", bound=Server)

GARBAGE: Final = 20_000
"""Objects since the last look for garbage."""


def pytest_configure() -> None:
    """Let hubs under test receive Ctrl-C: a shell's background job, and so its children, would not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage meanwhile: nearly all that is made stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """
    Keep the collected tests out of the garbage collection: each look would take a third of a second.

    Looked at ten times as rarely as by default: what a test leaves is found at the end of all, too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


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
def servers(installed: None, pytestconfig: pytest.Config) -> Iterator[Servers]:  # noqa: ARG001 - asked for its refusal
    """
    For tests that leave the servers alone.

    Workers share them. Started from the main thread: the servers end with the thread that starts them. A loop
    factory keeps the runner from touching the loop that pytest-asyncio has set.
    """
    with open_folder() as folder, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        keeper = keeper_of(pytestconfig)
        started = shared_servers(keeper, folder) if keeper else new_servers(folder)
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
async def private_broker(installed: None) -> AsyncIterator[RabbitMQ]:  # noqa: ARG001 - the same
    """For tests that stop, kill and start RabbitMQ alone."""
    async with _private(RabbitMQ) as server:
        yield server


@pytest.fixture
async def private_redis(installed: None) -> AsyncIterator[Redis]:  # noqa: ARG001 - the same
    """For tests that stop and start Redis alone."""
    async with _private(Redis) as server:
        yield server


@pytest.fixture
async def private_postgres(installed: None) -> AsyncIterator[Postgres]:  # noqa: ARG001 - the same
    """For tests that change what all databases of a PostgreSQL share."""
    async with _private(partial(Postgres, durable=False)) as server:
        yield server


@asynccontextmanager
async def _private(kind: Callable[[Path], _Kind]) -> AsyncIterator[_Kind]:
    """Start one: those that a test does not ask for would cost three seconds of the processor."""
    with open_folder() as folder:
        server = kind(folder)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


@pytest.fixture
async def amqp_url(servers: Servers) -> AsyncIterator[str]:
    """A virtual host of its own, in which a hub has run before: everything is declared and nothing waits."""
    async with servers.declared_vhost() as url:
        yield url


@pytest.fixture
async def new_amqp_url(servers: Servers) -> AsyncIterator[str]:
    """A virtual host of its own, in which nothing was ever declared."""
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
