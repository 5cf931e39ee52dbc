"""A source that is bound to a user of RabbitMQ, on a real broker, which validates `user_id`."""

import asyncio
from datetime import UTC, datetime

import aio_pika
import pytest
from aiormq.exceptions import ChannelPreconditionFailed

from hub.access.api_keys import issue
from hub.catalog import BY_NAME
from hub.client.connection import user_of
from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers import events, topology
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.worker import serve
from hub.intake.source_bindings import SourceBindings
from hub.model import Event, Scope
from hub.testing import MemoryAppointments, MemoryKeys, MemoryPublisher, MemoryStore
from tests.acceptance.harness import until
from tests.contract.values import now
from tests.unit.factories import DESK, event

CRM = "urn:coproservicios:crm"


async def publish(url: str, event: Event, user: str | None) -> None:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        await topology.declare(channel)
        exchange = await channel.get_exchange(topology.DOMAIN_EVENTS, ensure=False)
        await exchange.publish(
            aio_pika.Message(encode(event), content_type=CONTENT_TYPE, user_id=user), event.name
        )


async def taken_in(url: str, bound_to: str | None, own: str | None, *, expected: int) -> MemoryStore:
    """Take in the waiting events, with CRM bound to this user."""
    store, keys = MemoryStore(now), MemoryKeys(now)
    if bound_to is not None:
        key, _ = issue(
            "crm",
            scopes=[Scope.PUBLISH],
            source=CRM,
            amqp_user=bound_to,
            known_types=BY_NAME,
            by="test",
            now=datetime.now(UTC),
        )
        await keys.add(key)
    consumers = events.consumers(
        context=DESK,
        senders=SourceBindings(keys, own=own),
        store=store,
        publisher=MemoryPublisher(),
        appointments=MemoryAppointments(now),
        now=now,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(serve(url, "hub test", consumers, stop))
    try:
        await until(
            lambda: len(store.tables.letters) + len(store.tables.events) == expected, "all are taken in"
        )
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)
    return store


async def test_a_bound_source_is_taken_from_its_user_alone(amqp_url: str) -> None:
    me = user_of(amqp_url)
    signed, bare = (event("pqrs.received", source=CRM, id=name) for name in ("signed", "bare"))
    await publish(amqp_url, signed, me)
    await publish(amqp_url, bare, None)

    store = await taken_in(amqp_url, me, None, expected=2)

    assert [stored.event.id for stored in store.tables.events.values()] == ["signed"]
    [dead] = store.tables.letters.values()
    assert (dead.letter.event_id, dead.letter.field) == ("bare", "source")
    assert "user_id" in dead.letter.reason


async def test_another_user_is_refused_by_the_hub_and_a_forged_one_by_the_broker(amqp_url: str) -> None:
    one = event("pqrs.received", source=CRM)
    with pytest.raises(ChannelPreconditionFailed):
        await publish(amqp_url, one, "crm")
    await publish(amqp_url, one, user_of(amqp_url))

    store = await taken_in(amqp_url, "crm", None, expected=1)

    assert [dead.letter.field for dead in store.tables.letters.values()] == ["source"]


async def test_what_the_hub_itself_has_taken_over_http_is_believed(amqp_url: str) -> None:
    publisher = BrokerPublisher(amqp_url, "hub test publisher")
    try:
        await publisher.event(event("pqrs.received", source=CRM))
    finally:
        await publisher.aclose()

    store = await taken_in(amqp_url, "crm", user_of(amqp_url), expected=1)

    assert len(store.tables.events) == 1
    assert store.tables.letters == {}
