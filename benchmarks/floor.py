"""
The floor: what a message per mail costs before anything useful is done with it.

Takes a message from a quorum queue, sends bytes that were made beforehand over pipelined SMTP,
acknowledges. Nothing is decoded, rendered, stored or remembered.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import aio_pika
import uvloop
from aio_pika.abc import AbstractIncomingMessage

from benchmarks.payment import NAME, Home, home, payment, words_of
from hub.channels.email.connection import Opener
from hub.channels.email.dialogue import Letter, wire_content
from hub.channels.email.pool import Pool
from hub.channels.email.session import Job
from hub.channels.urls import SmtpEndpoint
from hub.consumers.topology import QUORUM
from hub.model import Event, Lane, Message, Outgoing, Purpose, State
from hub.model.ids import event_key
from hub.parts.company import CompanyRules
from hub.settings import load

QUEUE: Final = "bench.floor"
PREFETCH: Final = 400
CONNECTIONS: Final = 8
TIMEOUT: Final = timedelta(seconds=30)


async def main() -> None:
    letter = prebuilt()
    pool = _pool(int(os.environ["BENCH_SMTP_PORT"]))
    loop = asyncio.get_running_loop()

    async def send(message: AbstractIncomingMessage) -> None:
        until = loop.time() + TIMEOUT.total_seconds()
        sent = await pool.transmit(Job(letter, until, until))
        assert sent.result.accepted
        await message.ack()

    connection = await aio_pika.connect(os.environ["BENCH_AMQP_URL"])
    channel = await connection.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=PREFETCH)
    queue = await channel.declare_queue(QUEUE, durable=True, arguments=QUORUM)
    await queue.consume(send)
    await connection.closed()


def prebuilt() -> Letter:
    """Make the contest's mail once."""
    words, event, reader = CompanyRules(load({})), payment(0), home(0)
    outgoing = Outgoing(
        message=_message(event, reader),
        rendered=words_of(event.id, event.time, reader.payer, reader.label, event.data, words),
    )
    content, size = wire_content(words.compose(outgoing))
    sender, recipient = words.sender.address.encode(), reader.email.encode()
    return Letter(
        sender=sender,
        recipient=recipient,
        content=content,
        size=size,
        utf8=False,
        envelope_id=outgoing.message.id.hex.encode(),
    )


def _message(event: Event, reader: Home) -> Message:
    return Message(
        id=uuid4(),
        event_key=event_key(event),
        event_id=event.id,
        event=NAME,
        audience=0,
        step=0,
        person=reader.unit_id,
        name=reader.payer,
        locale="es",
        channel="email",
        purpose=Purpose.TRANSACTIONAL,
        lane=Lane.NORMAL,
        occasion="initial",
        contact_id="email",
        address=reader.email,
        state=State.SENDING,
        created_at=datetime.now(UTC),
    )


def _pool(port: int) -> Pool:
    endpoint = SmtpEndpoint(host="127.0.0.1", port=port, starttls="never")
    opener = Opener(endpoint, connect=TIMEOUT, command=TIMEOUT)
    return Pool(opener.open, size=CONNECTIONS, idle_for=TIMEOUT, per_connection=10**9)


if __name__ == "__main__":
    uvloop.run(main())
