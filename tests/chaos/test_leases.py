"""
Leases end while their holders are alive and cannot record: PostgreSQL is away, or hangs, for longer.

Nothing is left to chance: a proxy holds back what delivery records until the timers have looked.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.timers import scheduler
from tests.acceptance.directory import BUILDING
from tests.acceptance.harness import event, hub_process, until
from tests.chaos.scenario import QUICK, Scenario, replied
from tests.chaos.test_roles_killed import resident, works
from tests.chaos.wire import Wire, port_of, through, wire
from tests.servers import Servers

PEOPLE = 20
"""All are with the mail server within a second or two, and none waits for a connection in vain."""
LEASE = 15
PATIENT = QUICK.replace(
    'provider_timeout = "3s"\nlease_margin = "2s"', 'provider_timeout = "5s"\nlease_margin = "10s"'
)
RECORDS = b"INSERT INTO attempt"
"""In the text of the statement by which delivery records; each connection prepares it first."""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


class Gate:
    """Lets nothing of delivery be recorded until it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    async def hold(self, data: bytes) -> bool:
        if RECORDS in data:
            await self.opened.wait()
        return True


def look_often() -> None:
    """Run in the new process of the hub, before it is one."""
    setattr(scheduler, "AUDIT", 0.5)  # noqa: B010 - a constant elsewhere


def building() -> Iterator[dict[str, Any]]:
    yield event(
        "directory.copropiedad.upserted", {"copropiedad_id": BUILDING, "version": 1, "name": "Edificio"}
    )
    for number in range(PEOPLE):
        yield from resident(number)


@asynccontextmanager
async def announced(trial: Scenario) -> AsyncIterator[tuple[Wire, Gate]]:
    """Run the hub, delivery over a proxy, until the provider has accepted an announcement to a building."""
    house, gate = trial.house, Gate()
    house.policy(PATIENT)
    others, delivery = house.hub("intake", "timers", "web"), house.hub("delivery")
    others.prepare = look_often
    async with hub_process(others), wire(port_of(house.database_url), there=gate.hold) as line:
        async with trial.hub("delivery"):
            await trial.publish([*building(), replied(0)])
            await until(lambda: bool(house.smtp.mails), "the mail after the building")
            await trial.settles()
        url = through(line.port, house.database_url)
        delivery.environment = {**delivery.environment, "HUB_DATABASE_URL": url}
        async with hub_process(delivery):
            await trial.publish([works()])
            await until(lambda: len(neighbours(trial)) == PEOPLE, "all to be accepted")
            yield line, gate


async def test_postgresql_is_away_for_longer_than_a_lease_and_the_timers_reach_it_first(
    alone: Scenario, private_servers: Servers
) -> None:
    postgres = private_servers.postgres
    async with announced(alone) as (line, gate):
        line.part()
        gate.opened.set()
        await postgres.kill()
        await asyncio.sleep(LEASE + 1)  # the absence is the fault
        await postgres.start()
        await timers_look(alone)
        await line.join()
        await alone.settles()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert 0 == verdict.unknown


async def test_postgresql_and_redis_hang_for_longer_than_a_lease(
    alone: Scenario, private_servers: Servers
) -> None:
    async with announced(alone) as (_, gate):
        with frozen(private_servers.postgres.child.pid, private_servers.redis.child.pid):
            await asyncio.sleep(LEASE + 1)  # the hang is the fault
        await timers_look(alone)
        gate.opened.set()
        await alone.settles()
    verdict = await alone.verdict()

    assert [] == verdict.complaints
    assert 0 == verdict.unknown


def neighbours(trial: Scenario) -> set[str]:
    return {mail.recipient for mail in trial.house.smtp.mails if mail.recipient.startswith("vecina")}


async def timers_look(trial: Scenario) -> None:
    """Wait until the timers have begun and ended an audit, in which they look for ended leases."""
    for _ in range(2):  # the next one to end may have begun before
        before = await audited_at(trial.house.database_url)
        await until(lambda: is_audited_after(trial.house.database_url, before), "an audit")  # noqa: B023


async def is_audited_after(url: str, before: datetime) -> bool:
    return await audited_at(url) > before


async def audited_at(url: str) -> datetime:
    connection = await asyncpg.connect(url)
    try:
        at: datetime = await connection.fetchval("SELECT max(at) FROM heartbeat WHERE subject = 'audit'")
        return at
    finally:
        await connection.close()


@contextmanager
def frozen(*leaders: int) -> Iterator[None]:
    """Stop these processes and their children for the block, as a machine does whose disk hangs."""
    pids = [pid for leader in leaders for pid in (leader, *children(leader))]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def children(leader: int) -> list[int]:
    """Return the pids whose parent it is."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
        if parent == leader:
            found.append(int(stat.parent.name))
    return found
