"""Events under routing keys that are not theirs, on a real broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import aio_pika

from hub.client.connection import user_of
from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers import events, topology
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.worker import serve
from hub.intake.sender_rates import SenderRates
from hub.intake.source_bindings import SourceBindings
from hub.model import SENDER_HEADER, Event, Lane
from hub.testing import MemoryAppointments, MemoryKeys, MemoryStore
from tests.acceptance.harness import until
from tests.contract.values import now
from tests.integration.broker_damage import administrator
from tests.integration.test_broker_publisher import publishing
from tests.unit.factories import DESK, POLICY, arrived, event

KEYS = ("emergency.declared", "admin.payment.received", "admin.invoice.issued", "no.such.event")
OF_LANES = [event(name) for name in ("emergency.declared", "admin.payment.received", "admin.invoice.issued")]


@asynccontextmanager
async def taking_in(url: str, publisher: BrokerPublisher) -> AsyncIterator[MemoryStore]:
    store, stop = MemoryStore(now), asyncio.Event()
    consumers = events.consumers(
        context=replace(DESK, rates=SenderRates(POLICY.intake, own=user_of(url))),
        senders=SourceBindings(MemoryKeys(now), own=user_of(url)),
        store=store,
        publisher=publisher,
        appointments=MemoryAppointments(now),
        now=now,
    )
    task = asyncio.create_task(serve(url, "hub test", consumers, stop))
    try:
        yield store
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def publish(url: str, published: Sequence[tuple[Event, str]], **properties: object) -> None:
    async with administrator(url) as channel:
        exchange = await channel.get_exchange(topology.DOMAIN_EVENTS)
        for sent, key in published:
            message = aio_pika.Message(encode(sent), content_type=CONTENT_TYPE, **properties)  # type: ignore[arg-type]
            await exchange.publish(message, key)


async def waiting(url: str) -> int:
    async with administrator(url) as channel:
        found = [await channel.declare_queue(topology.events_queue(lane), passive=True) for lane in Lane]
    return sum(queue.declaration_result.message_count or 0 for queue in found)


async def test_each_event_is_taken_in_once_under_any_key(amqp_url: str) -> None:
    published = [(event(of.name, id=f"{of.name}-{key}"), key) for of in OF_LANES for key in KEYS]
    async with publishing(amqp_url) as publisher:
        await publisher.ping()
        await publish(amqp_url, published)
        async with taking_in(amqp_url, publisher) as store:
            await until(lambda: len(store.tables.events) == len(published), "all events")

        async def empty() -> bool:
            return await waiting(amqp_url) == 0

        await until(empty, "the lanes to be empty")
    assert {} == store.tables.letters


async def test_a_lane_without_its_binding_is_served_all_the_same(amqp_url: str) -> None:
    async with publishing(amqp_url) as publisher:
        await publisher.ping()
        async with administrator(amqp_url) as channel:
            queue = await channel.get_queue(topology.events_queue(Lane.URGENT), ensure=False)
            await queue.unbind(topology.HUB_LANES, "emergency.declared")
        emergency = event("emergency.declared")
        await publish(amqp_url, [(emergency, emergency.name)])
        async with taking_in(amqp_url, publisher) as store:
            await until(lambda: len(store.tables.events) == 1, "the emergency")


async def test_a_moved_event_names_its_sender_in_the_hubs_own_word(amqp_url: str) -> None:
    payment = event("admin.payment.received")
    async with publishing(amqp_url) as publisher:
        named, nameless = arrived(encode(payment), user="crm"), arrived(encode(payment))
        await publisher.move(Lane.NORMAL, [(payment, named), (payment, nameless)])
    async with administrator(amqp_url) as channel:
        queue = await channel.get_queue(topology.events_queue(Lane.NORMAL), ensure=False)
        messages = [await queue.get(timeout=10) for _ in range(2)]

    assert [encode(payment)] * 2 == [message.body for message in messages]
    assert {user_of(amqp_url)} == {message.user_id for message in messages}
    assert {"crm", ""} == {message.headers[SENDER_HEADER] for message in messages}
