"""
The contest: A B C A B C …, each alone on the machine, against the same servers.

A turn: start the contestant, let it send a few mails, hold its processes, lay out the work durably,
let go. So the clock sees neither a cold start nor the publisher. It runs until the mail server has
accepted the last mail.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel

from benchmarks.contestants import Contestant
from benchmarks.cpu import cpu_seconds
from benchmarks.parcels import publish
from benchmarks.results import Turn
from benchmarks.sink import Sink
from benchmarks.telling import tell
from benchmarks.worker import Worker
from hub.errors import Unavailable
from hub.local.loopback import ADDRESS, free_port
from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import Server, running
from hub.storage import migrations

WARM_UP: Final = 400
"""Mails before the clock runs: every process has its connections, plans and caches by then."""

WARM_UP_LIMIT: Final = 60.0  # seconds
SETTLING: Final = 0.5  # seconds after the last mail: recording and acknowledging it
LOOK: Final = 0.05  # seconds between looks at what is done besides the mails
SLOWEST: Final = 50.0  # mails a second; slower is a fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What all contestants share."""

    folder: Path
    sink: Sink
    channel: AbstractChannel
    environment: Mapping[str, str]
    postgres: Postgres
    servers: Mapping[str, Server]


@asynccontextmanager
async def open_field(folder: Path, print_line: Callable[[str], None]) -> AsyncIterator[Field]:
    """Start private servers below `folder`, PostgreSQL with every flush to the disk; end them."""
    rabbitmq, redis = RabbitMQ(folder / "rabbitmq"), Redis(folder / "redis")
    postgres, sink = Postgres(folder / "postgres"), Sink(folder / "sink")
    try:
        async with running([rabbitmq, redis, postgres], print_line=print_line):
            await migrations.upgrade(postgres.url)
            await sink.start()
            async with await aio_pika.connect(rabbitmq.url) as broker:
                yield Field(
                    folder=folder,
                    sink=sink,
                    postgres=postgres,
                    servers={"rabbitmq": rabbitmq, "postgres": postgres, "redis": redis},
                    channel=await broker.channel(),
                    environment={
                        **hub_environment(rabbitmq.url, redis.url, postgres.url),
                        "HUB_EMAIL_URL": f"smtp://{ADDRESS}:{sink.port}",
                        "BENCH_AMQP_URL": rabbitmq.url,
                        "BENCH_SMTP_PORT": str(sink.port),
                    },
                )
    finally:
        await sink.child.stop()
        # It may lie elsewhere, where PostgreSQL's user could not enter.
        shutil.rmtree(postgres.folder, ignore_errors=True)


def hub_environment(amqp: str, redis: str, database: str) -> dict[str, str]:
    # What a person has set would change what is measured.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {
        **inherited,
        "HUB_AMQP_URL": amqp,
        "HUB_REDIS_URL": redis,
        "HUB_DATABASE_URL": database,
        "HUB_MODE": "live",
        "HUB_HTTP": f"{ADDRESS}:{free_port()}",
    }


async def contest(
    contestants: Sequence[Contestant], field: Field, *, rounds: int, mails: int
) -> AsyncIterator[Turn]:
    for contestant in contestants:
        await contestant.declare(field.channel)
    for number in range(1, rounds + 1):
        for contestant in contestants:
            yield await _turn(contestant, field, number, mails)


async def _turn(contestant: Contestant, field: Field, number: int, mails: int) -> Turn:
    async with working(contestant, field) as workers:
        await _warm_up(contestant, field, first=number == 1)
        await _lay_out(contestant, field, workers, mails)
        mailed, beside = await _done(contestant, field)
        goal = mailed + mails, beside + mails
        before = _reading(field, workers)
        for worker in workers:
            worker.release()
        ended = await _reaches(contestant, field, goal, within=mails / SLOWEST)
        await asyncio.sleep(SETTLING)
        after = _reading(field, workers)
    if field.sink.count() != goal[0]:
        raise Unavailable(f"{contestant.name} has sent {field.sink.count() - goal[0]} mails too many")
    used = {name: seconds - before.cpu[name] for name, seconds in after.cpu.items()}
    return Turn(
        contestant=contestant.name,
        number=number,
        mails=mails,
        seconds=ended - before.at,
        own_cpu=used["own"],
        all_cpu=used["all"],
        cpu=used,
    )


async def _lay_out(contestant: Contestant, field: Field, workers: Sequence[Worker], mails: int) -> None:
    """Publish the work while nobody works."""
    parcels = [contestant.parcel(each) for each in range(mails)]
    for worker in workers:
        worker.hold()
    await publish(field.channel, parcels)


async def _done(contestant: Contestant, field: Field) -> tuple[int, int]:
    """Count the mails so far, and what else has been done."""
    beside = await contestant.beside(field.postgres.url) if contestant.beside else 0
    return field.sink.count(), beside


async def _reaches(contestant: Contestant, field: Field, goal: tuple[int, int], within: float) -> float:
    """Wait for the last mail, and for what has to be done besides; answer the monotonic instant."""
    deadline = time.monotonic() + within
    ended = await field.sink.reaches(goal[0], within)
    while contestant.beside and (await _done(contestant, field))[1] < goal[1]:
        if time.monotonic() > deadline:
            raise Unavailable(f"{contestant.name} has sent all mails, but not done what goes with them")
        await asyncio.sleep(LOOK)
        ended = time.monotonic()
    return ended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """CPU seconds by program at a monotonic instant; `own` are the contestant's, `all` everybody's."""

    at: float
    cpu: Mapping[str, float]


def _reading(field: Field, workers: Sequence[Worker]) -> _Reading:
    servers = {name: cpu_seconds([server.child.pid]) for name, server in field.servers.items()}
    own = cpu_seconds(worker.pid for worker in workers)
    # Everything that we have started: the contestant, its servers, the mail server.
    everything = cpu_seconds([os.getpid()]) - time.process_time()
    return _Reading(at=time.monotonic(), cpu={"own": own, "all": everything, **servers})


async def warmed(contestant: Contestant, field: Field) -> None:
    """Let a contestant send its first mails, so that the database has some of everything."""
    await contestant.declare(field.channel)
    async with working(contestant, field):
        await _warm_up(contestant, field, first=True)


@asynccontextmanager
async def working(contestant: Contestant, field: Field) -> AsyncIterator[list[Worker]]:
    workers = []
    try:
        for number, program in enumerate(contestant.programs, start=1):
            name = f"{contestant.name}-{number}"
            worker = Worker(name, folder=field.folder, log=field.folder / f"{name}.log", workplace=Path.cwd())
            workers.append(worker)
            await worker.start(
                [sys.executable, *program], env={**field.environment, **contestant.environment}
            )
        yield workers
    except Unavailable as exc:
        # The logs go with the folder.
        raise Unavailable("\n".join([str(exc), *(worker.last_lines() for worker in workers)])) from exc
    finally:
        for worker in workers:
            if worker.running:
                worker.release()
        await asyncio.gather(*(worker.stop() for worker in workers))


async def _warm_up(contestant: Contestant, field: Field, *, first: bool) -> None:
    if first:
        await tell(field.channel, field.postgres.url, contestant.opening())
    goal = field.sink.count() + WARM_UP
    await publish(field.channel, [contestant.parcel(number) for number in range(WARM_UP)])
    await field.sink.reaches(goal, within=WARM_UP_LIMIT)
    await asyncio.sleep(SETTLING)
