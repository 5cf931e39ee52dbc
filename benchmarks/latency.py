"""
How long a mail takes from its event's publication to its acceptance by the mail server, in three situations.

latency: 50 payments a second. urgent: an emergency to 500 residents, behind many payments that wait.
fanout: one event to 5,000 people.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import quantiles
from typing import Final

from benchmarks.command import exit_code, open_folder, parser_of, print_line
from benchmarks.conditions import conditions
from benchmarks.contest import Field, open_field, working
from benchmarks.contestants import HUB, event_parcel
from benchmarks.parcels import publish
from benchmarks.payment import directory, home, made, payment, residents
from benchmarks.timed_sink import TimedSink
from hub.local.loopback import ADDRESS
from hub.model import Event

RATE: Final = 50
"""Payments a second."""
WARM: Final = 300
WITHIN: Final = 120.0
RESIDENT: Final = "vecino"
PLACE: Final = "ph-vecinos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds from the publication."""

    mails: int
    first: float
    p50: float
    p99: float
    last: float


def times_of(seconds: Sequence[float]) -> Times:
    ordered = sorted(1000 * second for second in seconds)
    cuts = quantiles(ordered, n=100, method="inclusive")
    return Times(mails=len(ordered), first=ordered[0], p50=cuts[49], p99=cuts[98], last=ordered[-1])


def main() -> int:
    options = _options()
    return exit_code(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    found: dict[str, Times] = {}
    for mode in options.modes or _MODES:
        with open_folder() as folder:
            found[mode] = asyncio.run(_MODES[mode](folder, options))
        _print(mode, found[mode])
    print(", ".join(f"{name} {value}" for name, value in conditions().items()))
    if options.json:
        options.json.write_text(json.dumps({mode: asdict(times) for mode, times in found.items()}) + "\n")
    return 0


async def _latency(folder: Path, options: argparse.Namespace) -> Times:
    """Publish payments one by one, evenly; each home's next payment comes after ten seconds."""
    async with _running(folder, [*directory()]) as (field, sink):
        await _warm_up(field, sink)
        published: list[tuple[str, float]] = []
        began = time.monotonic()
        for number in range(int(options.seconds * RATE)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
            published.append((home(number).email, time.monotonic()))
            await publish(field.channel, [event_parcel(payment(number))])
        await sink.reaches(WARM + len(published), WITHIN)
        return times_of([_next_after(sink.arrived[email], at) - at for email, at in published])


async def _urgent(folder: Path, options: argparse.Namespace) -> Times:
    people = [*directory(), *residents(PLACE, RESIDENT, 500)]
    async with _running(folder, people) as (field, sink):
        await _warm_up(field, sink)
        await publish(field.channel, [event_parcel(payment(number)) for number in range(options.behind)])
        await sink.reaches(WARM + options.behind // 10, WITHIN)
        since = time.monotonic()
        await publish(field.channel, [event_parcel(_emergency())])
        await sink.reaches(500, WITHIN, RESIDENT)
        waiting = WARM + options.behind + 500 - sink.count
        print_line(f"{waiting:,} payments still waited when the last resident had it")
        return times_of(sink.times(RESIDENT, since=since))


async def _fanout(folder: Path, options: argparse.Namespace) -> Times:
    async with _running(folder, [*residents(PLACE, RESIDENT, options.people)]) as (field, sink):
        await asyncio.sleep(3)
        since = time.monotonic()
        await publish(field.channel, [event_parcel(_policy())])
        await sink.reaches(options.people, WITHIN)
        return times_of(sink.times(RESIDENT, since=since))


_MODES: Final = {"latency": _latency, "urgent": _urgent, "fanout": _fanout}


def _emergency() -> Event:
    data = {
        "kind": "fuga de gas",
        "severity": "alta",
        "instruction": "Salga por las escaleras.",
        "drill": False,
    }
    place = {"copropiedad_id": PLACE, "emergency_id": f"eme-{time.monotonic_ns()}", "contact": "601 555 0199"}
    return made("emergency.declared", {**data, **place, "scope": "Todo el conjunto"})


def _policy() -> Event:
    data = {"policy_id": f"p-{time.monotonic_ns()}", "title": "Política de datos", "version": "3.0"}
    text = {
        "summary": "Ahora puede consultar sus autorizaciones.",
        "document_ref": "https://example.com/p.pdf",
    }
    return made("policy.updated", {**data, **text, "effective_on": "2026-04-01"})


def _next_after(times: Sequence[float], at: float) -> float:
    return next(arrived for arrived in times if arrived >= at)


@asynccontextmanager
async def _running(folder: Path, people: Sequence[Event]) -> AsyncIterator[tuple[Field, TimedSink]]:
    sink = TimedSink()
    await sink.start()
    try:
        async with open_field(folder, print_line=print_line) as field:
            mailing = replace(
                field, environment={**field.environment, "HUB_EMAIL_URL": f"smtp://{ADDRESS}:{sink.port}"}
            )
            await HUB.declare(field.channel)
            async with working(HUB, mailing):
                await publish(field.channel, [event_parcel(event) for event in people])
                yield mailing, sink
    finally:
        await sink.stop()


async def _warm_up(field: Field, sink: TimedSink) -> None:
    await publish(field.channel, [event_parcel(payment(number)) for number in range(WARM)])
    await sink.reaches(WARM, WITHIN)
    await asyncio.sleep(1)


def _print(mode: str, times: Times) -> None:
    figures = (
        f"first {times.first:,.0f}, p50 {times.p50:,.1f}, p99 {times.p99:,.1f}, last {times.last:,.0f} ms"
    )
    print(f"{mode:<8} {times.mails:6,} mails: {figures}", flush=True)


def _options() -> argparse.Namespace:
    parser = parser_of("scripts/bench latency", __doc__)
    # Python 3.11 looks up the default of an optional list in the choices as well.
    parser.add_argument("modes", nargs="*", choices=[*_MODES, []], metavar="MODE", help="all without any")
    parser.add_argument("--seconds", type=float, default=20, help="of 50 payments a second")
    parser.add_argument(
        "--behind", type=int, default=20_000, help="payments that wait when the emergency comes"
    )
    parser.add_argument("--people", type=int, default=5_000, help="whom the one event reaches")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
