"""The mode `memory`: how soon `hub run` is ready, and what all roles in one process keep in memory."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.contest import SLOWEST, Field, open_field
from benchmarks.contestants import HUB, event_parcel, payment_parcel
from benchmarks.cpu import cpu_seconds
from benchmarks.mode import Option, Outcome, Task
from benchmarks.parcels import publish
from benchmarks.payment import directory
from benchmarks.telling import tell
from benchmarks.worker import Worker
from hub.errors import Unavailable

PORTIONS: Final = 10
IDLE: Final = 3.0  # seconds after the start; everything is loaded by then
LOOK: Final = 0.005
START_LIMIT: Final = 60.0
MB: Final = 1_000_000
OPTIONS: Final = (
    Option(name="starts", full=5, quick=3, what="how often it is started"),
    Option(name="mails", full=200_000, quick=20_000, what="that go through it"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Seconds until /health/ready answered 200, and CPU seconds until then."""

    seconds: float
    cpu: float


async def measure(task: Task) -> Outcome:
    starts, mails = task.sizes["starts"], task.sizes["mails"]
    task.progress.expect(starts + PORTIONS)
    async with open_field(task.folder, print_line=task.progress.say) as field:
        await HUB.declare(field.channel)
        started = [await _once(task, field, number) for number in range(1, starts)]
        async with _running(field) as (worker, start):
            started.append(_told(task, starts, start))
            await asyncio.sleep(IDLE)
            sizes = [resident(worker.pid)]
            people = [event_parcel(event) for event in directory()]
            await tell(field.channel, field.postgres.url, people)
            for portion in range(1, PORTIONS + 1):
                await _send(field, mails // PORTIONS)
                sizes.append(resident(worker.pid))
                task.progress.step(f"{portion * mails // PORTIONS:,} mails: {sizes[-1] / MB:.1f} MB")
    seconds = [start.seconds for start in started]
    return Outcome(
        table=_table(started, sizes, mails),
        measured={
            "start": median(seconds),
            "memory_idle": sizes[0] / MB,
            "memory_growth": sizes[-1] / sizes[PORTIONS // 2] - 1,
        },
        figures={"starts": [asdict(start) for start in started], "mails": mails, "resident": sizes},
    )


async def _once(task: Task, field: Field, number: int) -> Start:
    async with _running(field) as (_, start):
        return _told(task, number, start)


def _told(task: Task, number: int, start: Start) -> Start:
    task.progress.step(f"start {number}: ready after {start.seconds:.2f} s")
    return start


@asynccontextmanager
async def _running(field: Field) -> AsyncIterator[tuple[Worker, Start]]:
    """Run the whole hub in one process; answer it when it is ready."""
    worker = Worker("hub", folder=field.folder, log=field.folder / "hub.log", workplace=Path.cwd())
    began = time.monotonic()
    try:
        await worker.start([sys.executable, "-m", "hub", "run"], env=field.environment)
        port = int(field.environment["HUB_HTTP"].rpartition(":")[2])
        if not await worker.answers(lambda: _ready(port), limit=START_LIMIT, pause=LOOK):
            raise Unavailable(f"the hub did not start:\n{worker.last_lines()}")
        yield worker, Start(seconds=time.monotonic() - began, cpu=cpu_seconds([worker.pid]))
    finally:
        await worker.stop()


async def _ready(port: int) -> None:
    """Ask once; raises ConnectionError when the hub is not ready."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        if b" 200 " not in await reader.readline():
            raise ConnectionError
    finally:
        writer.close()


async def _send(field: Field, mails: int) -> None:
    goal = field.sink.count() + mails
    await publish(field.channel, [payment_parcel(number) for number in range(mails)])
    await field.sink.reaches(goal, within=60 + mails / SLOWEST)


def resident(pid: int) -> int:
    """Return the bytes of a process that are in memory (proc(5))."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _table(started: Sequence[Start], sizes: Sequence[int], mails: int) -> str:
    seconds, cpu = [start.seconds for start in started], median(start.cpu for start in started)
    half = PORTIONS // 2
    grown = (sizes[-1] - sizes[half]) / (mails / 2)
    lines = (
        f"ready after {median(seconds):.2f} s (at best {min(seconds):.2f} s), {cpu:.2f} s of CPU",
        f"idle {sizes[0] / MB:.1f} MB",
        f"after {mails // 2:,} mails {sizes[half] / MB:.1f} MB",
        f"after {mails:,} mails {sizes[-1] / MB:.1f} MB: {grown:+.1f} kB for each 1,000 of the second half",
    )
    return "\n".join(lines)
