"""
The measurement: a million clocks in SQL, timers that fill Redis from it, steps that fall due.

What is late is measured where a receiver is: from the instant at which a step was due to the arrival of
its event. The events also fill the hub's own queues, which nobody consumes here.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from redis.asyncio import Redis as Client

from benchmarks.clocks import keeping
from benchmarks.clocks.figures import Findings, lateness
from benchmarks.clocks.hearing import Ear, listening
from benchmarks.clocks.making import Maker, staff
from benchmarks.contest import hub_environment
from benchmarks.cpu import cpu_seconds
from benchmarks.worker import Worker
from hub.errors import Unavailable
from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import Server, running
from hub.model import Clock
from hub.policy import load_policy
from hub.storage import Database, PostgresIntake, RedisAppointments, migrations

TIMERS: Final = 2
PAGE: Final = 1_000
"""Clocks that are written at once."""
WRITERS: Final = 3
REBUILD_LIMIT: Final = 1_800.0  # seconds
RUN_UP: Final = timedelta(seconds=10)
"""Between the arming of the steps and the first that falls due."""
PATIENCE: Final = 30.0  # seconds after the last step was due

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The servers, and what reaches them."""

    folder: Path
    environment: Mapping[str, str]
    servers: Mapping[str, Server]
    database: Database
    redis: Client
    appointments: RedisAppointments


async def measure(folder: Path, *, clocks: int, rate: int, seconds: int, print_line: Report) -> Findings:
    async with _opened(folder, print_line) as place:
        maker = Maker(load_policy())
        began = time.monotonic()
        await _fill(place.database, maker, clocks)
        loaded = time.monotonic() - began
        print_line(f"{clocks:,} clocks in SQL after {loaded:.0f} s")
        before = await keeping.used(place.redis)
        async with _timers(place) as timers, listening(place.environment["HUB_AMQP_URL"]) as ear:
            rebuilt = await _rebuilt(place, timers)
            each = (await keeping.used(place.redis) - before) / clocks
            kept = await keeping.kept(place.redis)
            print_line(f"Redis made from SQL after {rebuilt:.0f} s, {each:.0f} bytes each")
            due = await _fall_due(place, maker, range(clocks, clocks + rate * seconds), rate)
            cpu = await _received(place, timers, ear, due, print_line)
            disagreements = await _disagreements(place)
        return Findings(
            clocks=clocks,
            load=loaded,
            rebuild=rebuilt,
            bytes_each=each,
            kept=kept,
            lateness=lateness(due, ear.arrivals()),
            cpu=cpu,
            disagreements=disagreements,
        )


@asynccontextmanager
async def _opened(folder: Path, print_line: Report) -> AsyncIterator[Place]:
    rabbitmq, redis, postgres = (
        RabbitMQ(folder / "rabbitmq"),
        Redis(folder / "redis"),
        Postgres(folder / "postgres"),
    )
    try:
        async with running([rabbitmq, redis, postgres], print_line=print_line):
            await migrations.upgrade(postgres.url)
            async with (
                Database(postgres.url) as database,
                Client.from_url(redis.url, decode_responses=True) as client,
                aclosing(RedisAppointments(redis.url)) as appointments,
            ):
                yield Place(
                    folder=folder,
                    environment=hub_environment(rabbitmq.url, redis.url, postgres.url),
                    servers={"RabbitMQ": rabbitmq, "Redis": redis, "PostgreSQL": postgres},
                    database=database,
                    redis=client,
                    appointments=appointments,
                )
    finally:
        # It may lie elsewhere, where PostgreSQL's user could not enter.
        shutil.rmtree(postgres.folder, ignore_errors=True)


async def _fill(database: Database, maker: Maker, clocks: int) -> None:
    """Write clocks that wait, and who holds the levels, as intake does."""
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.apply_directory(staff())
    now = datetime.now(UTC)
    left = (maker.waiting(number, now) for number in range(clocks))
    await asyncio.gather(*(_write(database, left) for _ in range(WRITERS)))
    # As autovacuum does in time: an old table, not one that was empty a minute ago and is cleaned meanwhile.
    await database.rows("VACUUM ANALYZE clock")


async def _write(database: Database, left: Iterable[Clock]) -> None:
    while page := list(islice(left, PAGE)):
        async with PostgresIntake(database).transaction() as transaction:
            await transaction.save_clocks(page)


@asynccontextmanager
async def _timers(place: Place) -> AsyncIterator[Sequence[Worker]]:
    """Two processes, as an operator starts them."""
    workers = [_worker(f"timers-{number}", place) for number in range(1, TIMERS + 1)]
    try:
        for worker in workers:
            await worker.start([sys.executable, "-m", "hub", "run", "timers"], env=place.environment)
        yield workers
    except Unavailable as exc:
        # The logs go with the folder.
        raise Unavailable("\n".join([str(exc), *(worker.last_lines() for worker in workers)])) from exc
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))


def _worker(name: str, place: Place) -> Worker:
    return Worker(name, folder=place.folder, log=place.folder / f"{name}.log", workplace=Path.cwd())


async def _rebuilt(place: Place, timers: Sequence[Worker]) -> float:
    """Wait until the timers have made Redis from SQL; answer after how many seconds."""
    began = time.monotonic()
    while not await place.appointments.intact():
        if not all(timer.running for timer in timers) or time.monotonic() > began + REBUILD_LIMIT:
            raise Unavailable("the timers have not made Redis from SQL")
        await asyncio.sleep(0.5)
    return time.monotonic() - began


async def _fall_due(place: Place, maker: Maker, numbers: Sequence[int], rate: int) -> Mapping[str, float]:
    """Add clocks whose steps fall due one after the other, as intake does; answer each event and when."""
    due: dict[str, float] = {}
    # Writing and arming so many takes about as long as they will fall due.
    first = datetime.now(UTC) + RUN_UP + timedelta(seconds=len(numbers) / rate)
    for start in range(0, len(numbers), PAGE):
        page = [
            maker.clock(number, first + timedelta(seconds=(number - numbers[0]) / rate))
            for number in numbers[start : start + PAGE]
        ]
        async with PostgresIntake(place.database).transaction() as transaction:
            await transaction.save_clocks(page)
        await place.appointments.track_clocks(page)
        due |= {
            f"{clock.id}:{clock.steps[clock.fired].key}": clock.steps[clock.fired].at.timestamp()
            for clock in page
        }
    if datetime.now(UTC) > first:
        raise Unavailable("the machine is too slow to arm so many steps before they fall due")
    return due


async def _received(
    place: Place, timers: Sequence[Worker], ear: Ear, due: Mapping[str, float], print_line: Report
) -> Mapping[str, float]:
    """Wait until all is published; answer who has used how much of the CPU meanwhile."""
    first, last = min(due.values()), max(due.values())
    await asyncio.sleep(first - time.time())
    print_line(f"{len(due):,} steps begin to fall due")
    before = _cpu(place, timers)
    await asyncio.sleep(last - time.time())
    await ear.reaches(len(due), within=PATIENCE)
    after = _cpu(place, timers)
    return {name: seconds - before[name] for name, seconds in after.items()}


async def _disagreements(place: Place) -> list[str]:
    """Return what Redis still holds otherwise than SQL when the last published step is written and armed."""
    deadline = time.monotonic() + PATIENCE
    while found := await keeping.disagreements(place.redis, place.database):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(1)
    return found


def _cpu(place: Place, timers: Sequence[Worker]) -> dict[str, float]:
    return {
        "timers": cpu_seconds([timer.pid for timer in timers]),
        **{name: cpu_seconds([server.child.pid]) for name, server in place.servers.items()},
        "this": time.process_time(),
    }
