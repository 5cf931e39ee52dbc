"""Who takes part, as a table."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel
from kombu.serialization import dumps

from benchmarks import celery_app, faststream_app, floor
from benchmarks.parcels import Parcel
from benchmarks.payment import directory, home, payment
from benchmarks.petition import entries, petition, service_desk
from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers import topology
from hub.model import Event

CELERY_OPTIONS: Final = ("--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat")
"""Without the messages between Celery's workers: there is only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """
    `programs` are its processes, as arguments of Python. `declare` makes its queues; `opening` is
    what it must know before its first mail; `parcel` is the work that becomes the mail of a number;
    `beside` counts, in a database, what else each parcel becomes.
    """

    name: str
    what: str
    programs: tuple[tuple[str, ...], ...]
    declare: Callable[[AbstractChannel], Awaitable[None]]
    parcel: Callable[[int], Parcel]
    opening: Callable[[], list[Parcel]] = list
    environment: Mapping[str, str] = field(default_factory=dict)
    beside: Callable[[str], Awaitable[int]] | None = None


def event_parcel(event: Event) -> Parcel:
    message = _durable(encode(event), content_type=CONTENT_TYPE)
    return Parcel(topology.DOMAIN_EVENTS, event.name, message)


def payment_parcel(number: int) -> Parcel:
    return event_parcel(payment(number))


def _directory() -> list[Parcel]:
    return [event_parcel(event) for event in directory()]


def _petitions() -> list[Parcel]:
    return [event_parcel(event) for event in (*service_desk(), *directory())]


def _petition(number: int) -> Parcel:
    return event_parcel(petition(number))


async def _declare_floor(channel: AbstractChannel) -> None:
    await channel.declare_queue(floor.QUEUE, durable=True, arguments=topology.QUORUM)


def _for_floor(number: int) -> Parcel:
    return Parcel("", floor.QUEUE, _durable(encode(payment(number)), content_type=CONTENT_TYPE))


async def _declare_celery(channel: AbstractChannel) -> None:
    await channel.declare_queue(celery_app.QUEUE, durable=True)


def _for_celery(number: int) -> Parcel:
    """Write what `send_receipt.delay(…)` would: Celery's own publisher waits for each confirm alone."""
    event, reader = payment(number), home(number)
    arguments = (event.id, event.time.isoformat(), reader.payer, reader.email, reader.label, event.data)
    task = celery_app.app.amqp.as_task_v2(uuid4().hex, celery_app.TASK, arguments, ignore_result=True)
    content_type, encoding, body = dumps(task.body, "json")  # type: ignore[no-untyped-call]  # kombu's
    message = _durable(body.encode(), content_type=content_type, content_encoding=encoding)
    message.headers = {name: value for name, value in task.headers.items() if value is not None}
    message.correlation_id = task.properties["correlation_id"]
    return Parcel("", celery_app.QUEUE, message)


async def _declare_faststream(channel: AbstractChannel) -> None:
    await channel.declare_queue(faststream_app.QUEUE, durable=True)


def _for_faststream(number: int) -> Parcel:
    """Write what `broker.publish(body, QUEUE, persist=True)` would."""
    event, reader = payment(number), home(number)
    body = {
        "event_id": event.id,
        "time": event.time.isoformat(),
        "payer": reader.payer,
        "email": reader.email,
        "unit": reader.label,
        "data": event.data,
    }
    message = _durable(json.dumps(body).encode(), content_type="application/json")
    return Parcel("", faststream_app.QUEUE, message)


def _durable(body: bytes, *, content_type: str, content_encoding: str | None = None) -> Message:
    return Message(
        body,
        content_type=content_type,
        content_encoding=content_encoding,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=uuid4().hex,
    )


HUB: Final = Contestant(
    name="hub",
    what="`hub run intake delivery timers` and `hub run intake delivery`: a process per core, as Celery has",
    programs=(
        ("-m", "hub", "run", "intake", "delivery", "timers"),
        ("-m", "hub", "run", "intake", "delivery"),
    ),
    declare=topology.declare,
    parcel=payment_parcel,
    opening=_directory,
)
FLOOR: Final = Contestant(
    name="floor",
    what="asyncio: a message per mail, prebuilt bytes, pipelined SMTP, ack; nothing rendered or stored",
    programs=(("-m", "benchmarks.floor"),),
    declare=_declare_floor,
    parcel=_for_floor,
)
CELERY: Final = Contestant(
    name="celery",
    what="Celery prefork, a process per core, late ack; Jinja2, email.mime, smtplib kept open",
    programs=(("-m", "celery", "-A", "benchmarks.celery_app", "worker", *CELERY_OPTIONS),),
    declare=_declare_celery,
    parcel=_for_celery,
)
FASTSTREAM: Final = Contestant(
    name="faststream",
    what="FastStream on uvloop, a process per core, late ack; Jinja2, email.mime, aiosmtplib kept open",
    programs=(("-m", "benchmarks.faststream_app"), ("-m", "benchmarks.faststream_app")),
    declare=_declare_faststream,
    parcel=_for_faststream,
)
PQRS: Final = replace(
    HUB,
    name="pqrs",
    what="the hub with petitions: two clocks, a mail to the petitioner, an entry in the desk's inbox",
    parcel=_petition,
    opening=_petitions,
    beside=entries,
)
CONTESTANTS: Final = (HUB, FLOOR, CELERY, FASTSTREAM, PQRS)
