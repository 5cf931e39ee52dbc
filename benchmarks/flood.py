"""
The modes `urgent` and `fanout`: one emergency to many residents over three channels.

`urgent`: 500 residents, while much bulk mail waits. `fanout`: 5,000 residents, with nothing else to do. Each
resident has an email address, a mobile number and a device, and gets a mail, a text and a push message; what
counts is when a provider accepts it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Final

from benchmarks.contest import Field, open_field, working
from benchmarks.contestants import HUB, event_parcel
from benchmarks.latency import WARM, WITHIN, Times, line, times_of, warm_up
from benchmarks.mode import Option, Outcome, Task
from benchmarks.parcels import publish
from benchmarks.payment import directory, made, payment
from benchmarks.providers import Providers
from benchmarks.telling import tell
from benchmarks.worker import Worker
from hub.model import Event

CHANNELS: Final = ("email", "sms", "push")
RESIDENT: Final = "vecino"
PLACE: Final = "ph-vecinos"
PILE: Final = 20_000
MOMENT: Final = 0.1  # seconds

URGENT: Final = (
    Option(name="people", full=500, quick=500, what="residents whom the emergency reaches"),
    Option(name="behind", full=100_000, quick=20_000, what="payments that wait when it comes"),
)
FANOUT: Final = (Option(name="people", full=5_000, quick=5_000, what="residents whom the event reaches"),)


async def urgent(task: Task) -> Outcome:
    people, behind = task.sizes["people"], task.sizes["behind"]
    task.progress.expect(3)
    async with _running(task, people) as (field, providers, workers):
        await _pile_up(field, workers, behind)
        task.progress.step(f"{behind:,} payments published")
        await providers.mail.reaches(WARM + behind // 20, WITHIN)
        times = await _emergency(field, providers, people)
        waiting = max(0, WARM + behind + people - providers.mail.count)
        task.progress.step(f"{waiting:,} payments still waited when the last resident had it")
    return _outcome(times, "urgent", ("first", "p99"), {"waiting": waiting})


async def fanout(task: Task) -> Outcome:
    people = task.sizes["people"]
    task.progress.expect(2)
    async with _running(task, people) as (field, providers, _):
        times = await _emergency(field, providers, people)
        task.progress.step("accepted")
    return _outcome(times, "fanout", ("first", "last"), {})


def _outcome(
    times: Mapping[str, Times], mode: str, names: tuple[str, ...], more: Mapping[str, int]
) -> Outcome:
    return Outcome(
        table="\n".join(line(channel, found) for channel, found in times.items()),
        measured={f"{mode}_{name}": float(getattr(times["all"], name)) for name in names},
        figures={**{channel: asdict(found) for channel, found in times.items()}, **more},
    )


async def _pile_up(field: Field, workers: Sequence[Worker], payments: int) -> None:
    """Publish payments while nobody works; between the piles a moment for RabbitMQ's heartbeats."""
    for first in range(0, payments, PILE):
        parcels = [event_parcel(payment(number)) for number in range(first, min(payments, first + PILE))]
        for worker in workers:
            worker.hold()
        await publish(field.channel, parcels)
        for worker in workers:
            worker.release()
        await asyncio.sleep(MOMENT)


async def _emergency(field: Field, providers: Providers, people: int) -> Mapping[str, Times]:
    """Publish it, and wait until everybody has it over each channel."""
    since = time.monotonic()
    await publish(field.channel, [event_parcel(emergency())])
    await providers.mail.reaches(people, WITHIN, RESIDENT)
    await providers.sms.reaches(people, WITHIN)
    await providers.push.reaches(people, WITHIN)
    seconds = {
        "email": providers.mail.times(RESIDENT, since=since),
        "sms": [at - since for at in providers.sms.arrived],
        "push": [at - since for at in providers.push.arrived],
    }
    everything = [each for channel in CHANNELS for each in seconds[channel]]
    return {name: times_of(found) for name, found in {"all": everything, **seconds}.items()}


@asynccontextmanager
async def _running(task: Task, people: int) -> AsyncIterator[tuple[Field, Providers, Sequence[Worker]]]:
    async with (
        Providers.started(task.folder) as providers,
        open_field(task.folder, print_line=task.progress.say) as field,
    ):
        connected = replace(field, environment={**field.environment, **providers.environment})
        await HUB.declare(field.channel)
        async with working(HUB, connected) as workers:
            told = [*directory(), *residents(people)]
            await tell(field.channel, field.postgres.url, [event_parcel(event) for event in told])
            await warm_up(connected, providers.mail)
            task.progress.step(f"{people:,} residents known")
            await asyncio.sleep(1)
            yield connected, providers, workers


def emergency() -> Event:
    data = {
        "kind": "fuga de gas",
        "severity": "alta",
        "instruction": "Salga por las escaleras.",
        "drill": False,
    }
    place = {"copropiedad_id": PLACE, "emergency_id": f"eme-{time.monotonic_ns()}", "contact": "601 555 0199"}
    return made("emergency.declared", {**data, **place, "scope": "Todo el conjunto"})


def residents(number: int) -> Iterator[Event]:
    """Tell the hub of a copropiedad with so many residents, each in a unit of its own."""
    whole = {"copropiedad_id": PLACE, "version": 1, "name": PLACE, "address": "Calle 1", "towers": ["1"]}
    yield made("directory.copropiedad.upserted", {**whole, "timezone": "America/Bogota"})
    for each in range(number):
        yield from _resident(each)


def _resident(number: int) -> Iterator[Event]:
    key = f"{RESIDENT}{number}"
    unit = {"unit_id": f"u-{key}", "version": 1, "copropiedad_id": PLACE, "label": f"apto. {number}"}
    yield made("directory.unit.upserted", unit)
    values = {"email": f"{key}@example.com", "phone": f"+57300{number:07}", "push": f"device-{key}"}
    points = [
        {"id": f"{key}-{kind}", "kind": kind, "value": value, "verified": True}
        for kind, value in values.items()
    ]
    person = {"person_id": key, "version": 1, "names": f"Vecina {number}", "contact_points": points}
    yield made("directory.person.upserted", {**person, "locale": "es", "digital_access": True})
    member = {"membership_id": f"m-{key}", "version": 1, "person_id": key, "role": "resident"}
    yield made("directory.membership.upserted", {**member, "scope": f"unit:u-{key}"})
