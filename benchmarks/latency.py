"""The mode `latency`: from an event's publication to its mail's acceptance, at 50 events a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import quantiles
from typing import Final

from benchmarks.contest import Field, open_field, working
from benchmarks.contestants import HUB, event_parcel
from benchmarks.mode import Option, Outcome, Task
from benchmarks.parcels import publish
from benchmarks.payment import directory, home, payment
from benchmarks.telling import tell
from benchmarks.timed_sink import TimedSink
from hub.local.loopback import ADDRESS

RATE: Final = 50
"""Payments a second."""
WARM: Final = 300
WITHIN: Final = 120.0
OPTIONS: Final = (Option(name="seconds", full=60, quick=15, what=f"of {RATE} payments a second"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds from the publication."""

    messages: int
    first: float
    p50: float
    p99: float
    last: float


def times_of(seconds: Sequence[float]) -> Times:
    ordered = sorted(1000 * second for second in seconds)
    cuts = quantiles(ordered, n=100, method="inclusive")
    return Times(messages=len(ordered), first=ordered[0], p50=cuts[49], p99=cuts[98], last=ordered[-1])


def line(name: str, times: Times) -> str:
    figures = (
        f"first {times.first:,.0f}, p50 {times.p50:,.1f}, p99 {times.p99:,.1f}, last {times.last:,.0f} ms"
    )
    return f"{name:<8}{times.messages:7,} messages: {figures}"


async def measure(task: Task) -> Outcome:
    task.progress.expect(2)
    sink = TimedSink()
    await sink.start()
    try:
        async with open_field(task.folder, print_line=task.progress.say) as field:
            mailing = {**field.environment, "HUB_EMAIL_URL": f"smtp://{ADDRESS}:{sink.port}"}
            await HUB.declare(field.channel)
            async with working(HUB, replace(field, environment=mailing)):
                people = [event_parcel(event) for event in directory()]
                await tell(field.channel, field.postgres.url, people)
                await warm_up(field, sink)
                task.progress.step(f"{WARM} mails to warm up")
                times = await _steady(field, sink, task.sizes["seconds"] * RATE)
                task.progress.step(f"{times.messages:,} mails")
    finally:
        await sink.stop()
    return Outcome(
        table=line("mail", times),
        measured={"latency_p50": times.p50, "latency_p99": times.p99},
        figures=asdict(times),
    )


async def _steady(field: Field, sink: TimedSink, payments: int) -> Times:
    """Publish payments one by one, evenly; each home's next payment comes after ten seconds."""
    published: list[tuple[str, float]] = []
    began = time.monotonic()
    for number in range(payments):
        await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
        published.append((home(number).email, time.monotonic()))
        await publish(field.channel, [event_parcel(payment(number))])
    await sink.reaches(WARM + len(published), WITHIN)
    return times_of([_next_after(sink.arrived[email], at) - at for email, at in published])


async def warm_up(field: Field, sink: TimedSink) -> None:
    await publish(field.channel, [event_parcel(payment(number)) for number in range(WARM)])
    await sink.reaches(WARM, WITHIN)
    await asyncio.sleep(1)


def _next_after(times: Sequence[float], at: float) -> float:
    return next(arrived for arrived in times if arrived >= at)
