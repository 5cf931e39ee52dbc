"""
The other contestant that a user would pick instead: FastStream, Jinja2, email.mime and aiosmtplib.

What FastStream lets one choose is chosen for speed: uvloop, a process per core, a long prefetch, no
validation of types, no log of each message. It acknowledges after the work. aiosmtplib sends one mail at a
time over a connection, so each process keeps several open.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final

import uvloop
from aiosmtplib import SMTP, SMTPServerDisconnected
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

from benchmarks.plain_mail import compose

QUEUE: Final = "bench.faststream"
PREFETCH: Final = 64
"""Messages per process, as Celery has."""
CONNECTIONS: Final = 8
"""To the mail server, per process; as many as the hub and the floor have."""

broker = RabbitBroker(os.environ.get("BENCH_AMQP_URL"), logger=None, apply_types=False)
app = FastStream(broker, logger=None)
connections: asyncio.Queue[SMTP] = asyncio.Queue()


@app.on_startup
async def connect() -> None:
    for _ in range(CONNECTIONS):
        connection = SMTP(
            hostname="127.0.0.1", port=int(os.environ["BENCH_SMTP_PORT"]), start_tls=False, timeout=30
        )
        await connection.connect()
        connections.put_nowait(connection)


@broker.subscriber(
    RabbitQueue(QUEUE, durable=True),
    channel=Channel(prefetch_count=PREFETCH, publisher_confirms=False),
    ack_policy=AckPolicy.NACK_ON_ERROR,
    no_reply=True,
)
async def send_receipt(body: dict[str, Any]) -> None:
    mail = compose(**body)
    connection = await connections.get()
    try:
        await connection.send_message(mail)
    except SMTPServerDisconnected:
        await connection.connect()
        await connection.send_message(mail)
    finally:
        connections.put_nowait(connection)


if __name__ == "__main__":
    uvloop.run(app.run())
