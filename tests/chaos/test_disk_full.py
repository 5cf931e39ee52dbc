"""A full disk: PostgreSQL's, and the broker's."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from hub.local.postgres import USER, Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.storage import migrations
from tests.acceptance.conftest import House, opened_house
from tests.acceptance.harness import HubProcess, until
from tests.chaos.scenario import Scenario, make_scenario, replied
from tests.servers import Servers, open_folder

EVENTS = 600
MANY = 4_000
"""More events than a hub processes before the broker is full."""
SMALL = "160m"
"""A new PostgreSQL with the hub's schema uses half of it."""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


@contextmanager
def small_disk() -> Iterator[Path]:
    """A separate file system, in memory."""
    with open_folder() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=0755", "tmpfs", str(folder)]
        made = subprocess.run(mount, capture_output=True, timeout=10, check=False)
        if made.returncode != 0:
            pytest.skip("a file system of our own cannot be mounted here")
        try:
            yield folder
        finally:
            subprocess.run(["umount", str(folder)], timeout=10, check=True)


@pytest.fixture
async def cramped() -> AsyncIterator[Postgres]:
    """A PostgreSQL whose data and log share a small disk."""
    with small_disk() as folder:
        postgres = Postgres(folder / "postgres", durable=False)
        await postgres.start()
        try:
            await migrations.upgrade(postgres.url)
            yield postgres
        finally:
            await postgres.stop()


async def test_a_database_without_room_is_waited_for_and_nobody_is_lost(
    cramped: Postgres, new_amqp_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with opened_house(
        House(
            amqp_url=new_amqp_url,
            redis_url=redis_url,
            database_url=cramped.url,
            database_user=USER,
            folder=tmp_path,
        )
    ) as house:
        full = await make_scenario(house)
        async with full.hub() as hub:
            await full.publish([replied(0)])
            await until(lambda: bool(house.smtp.mails), "the mail while there is room")
            with full.fault("the disk of PostgreSQL is full"):
                with no_room_beside(cramped.folder):
                    await full.publish([replied(number) for number in range(1, EVENTS)])
                    await until(lambda: waits(hub), "the hub to wait for room")
                if not cramped.child.running:
                    await cramped.start()
            await full.settles()
            dead = await full.dead()
        verdict = await full.verdict()

    assert [] == verdict.complaints
    assert EVENTS <= verdict.received
    assert [] == dead


@contextmanager
def no_room_beside(folder: Path) -> Iterator[None]:
    """Fill the disk."""
    ballast = folder.parent / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        ballast.unlink()


def waits(hub: HubProcess) -> bool:
    """Return whether it has waited three times: it keeps retrying."""
    return len([line for line in hub.lines() if line["event"] == "worker.waiting"]) >= 3


async def test_a_broker_without_room_is_waited_for_and_nobody_is_lost(
    alone: Scenario, private_servers: Servers
) -> None:
    rabbitmq = private_servers.rabbitmq
    await alone.publish([replied(number) for number in range(MANY)])
    async with alone.hub() as hub:
        await until(lambda: bool(alone.house.smtp.mails), "the first mail")
        # Its disk alarm, as when free space falls below the limit: it blocks publishers.
        await rabbitmq.evaluate("rabbit_disk_monitor:set_disk_free_limit({mem_relative, 1.0e6}).")
        await until(lambda: blocks(rabbitmq), "the broker to take nothing more")
        await until(lambda: waits(hub), "the hub to wait for room", patience=90)
        await rabbitmq.evaluate("rabbit_disk_monitor:set_disk_free_limit(50000000).")
        await alone.settles()
        dead = await alone.dead()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert MANY <= verdict.received
    assert [] == dead


async def blocks(rabbitmq: RabbitMQ) -> bool:
    return "disk" in await rabbitmq.evaluate("rabbit_alarm:get_alarms().")
