"""Tickets are only reminders of rows: copied, senseless or unknown ones do no harm."""

import json
from uuid import uuid4

import aio_pika

from tests.acceptance.conftest import House
from tests.acceptance.harness import publisher, until
from tests.acceptance.publisher_queue import reply

QUEUE = "hub.messages.email.normal"
SENSELESS = (
    b"",
    b"{",
    b"[]",
    b'"hola"',
    b"[1, 2]",
    b"\x00\xff",
    b'["ana.boleto@example.co"]',
    b"[" * 100_000,
    json.dumps([str(uuid4()) for _ in range(100)]).encode(),
)


async def test_tickets_without_sense_do_no_harm(house: House) -> None:
    async with house.running() as publishing:
        channel = publishing.channel
        await publishing.publish("pqrs.replied", reply("antes"))
        await until(lambda: len(house.smtp.mails) == 1, "the first mail")
        for ticket in SENSELESS:
            await _put(channel, ticket)
        await publishing.publish("pqrs.replied", reply("después", petitioner=_with_address("despues")))
        await until(lambda: len(house.smtp.mails) == 2, "the mail after them")
        await until(lambda: _is_empty(channel), "all of them to be worked off")
        log = (house.folder / "hub.log").read_text()

    assert ["antes@example.co", "despues@example.co"] == [mail.recipient for mail in house.smtp.mails]
    assert len(SENSELESS) - 2 == log.count("ticket.unreadable")
    assert [] == [word for word in ("ana.boleto", "antes@", "Vecina", "Revisamos") if word in log]


async def test_the_same_ticket_many_times_at_once_is_one_mail(house: House) -> None:
    """Taken in by one process, delivered by another: in between, a ticket can be copied."""
    async with publisher(house.amqp_url) as publishing:
        channel = publishing.channel
        async with house.running("intake"):
            await publishing.publish("pqrs.replied", reply("unica"))
            ticket = await _ticket(channel)
        for _ in range(12):
            await _put(channel, ticket)
        async with house.running("delivery"):
            await until(lambda: bool(house.smtp.mails), "the mail")
            await until(lambda: _is_empty(channel), "all copies to be worked off")

    assert ["unica@example.co"] == [mail.recipient for mail in house.smtp.mails]


def _with_address(local: str) -> dict[str, str]:
    return {"name": "Vecina Después", "email": f"{local}@example.co"}


async def _put(channel: aio_pika.abc.AbstractChannel, ticket: bytes) -> None:
    message = aio_pika.Message(ticket, message_id=uuid4().hex)
    await channel.default_exchange.publish(message, QUEUE)


async def _ticket(channel: aio_pika.abc.AbstractChannel) -> bytes:
    """Wait for a ticket, and look at it without taking it."""
    queue = await channel.get_queue(QUEUE, ensure=False)
    await until(lambda: _is_there(channel), "the ticket")
    ticket = await queue.get()
    assert ticket is not None
    await ticket.reject(requeue=True)
    return ticket.body


async def _is_there(channel: aio_pika.abc.AbstractChannel) -> bool:
    return not await _is_empty(channel)


async def _is_empty(channel: aio_pika.abc.AbstractChannel) -> bool:
    queue = await channel.declare_queue(QUEUE, passive=True)
    return queue.declaration_result.message_count == 0
