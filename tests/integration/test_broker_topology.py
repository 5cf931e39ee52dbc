"""Topology of RabbitMQ: a missing part is declared again at once, and a gap of lost events is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.exceptions import DeliveryError

from hub.app.topology import report
from hub.consumers import topology
from hub.consumers.publisher import BrokerPublisher
from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import Gap, Lane
from hub.testing import MemoryMonitor, MemoryStore
from tests.acceptance.harness import until
from tests.broker_users import control
from tests.contract.values import HOUR, now
from tests.integration.broker_damage import (
    add_user,
    administrator,
    declare_anew,
    delete_exchange,
    delete_lanes,
    permit,
    unbind_lanes,
)
from tests.integration.broker_line import Line
from tests.integration.test_broker_publisher import publishing, ticket
from tests.servers import Servers
from tests.unit.factories import event

DAMAGES = {
    "declared anew": declare_anew,
    "deleted": delete_exchange,
    "lanes deleted": delete_lanes,
    "unbound": unbind_lanes,
}
every_damage = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
Damage = Callable[[str], Awaitable[None]]
Thaw = Callable[[], Awaitable[None]]


async def ready(url: str, lane: Lane = Lane.NORMAL) -> int:
    """The number of events that wait in a lane."""
    async with administrator(url) as channel:
        queue = await channel.declare_queue(topology.events_queue(lane), passive=True)
        return queue.declaration_result.message_count or 0


@pytest.fixture
async def publisher(amqp_url: str) -> AsyncIterator[BrokerPublisher]:
    async with publishing(amqp_url) as opened:
        await opened.ping()
        yield opened


@every_damage
async def test_an_event_that_no_queue_takes_is_published_again_by_a_mended_way(
    publisher: BrokerPublisher, amqp_url: str, damage: Damage
) -> None:
    before = datetime.now(UTC)
    await damage(amqp_url)
    await publisher.event(event("pqrs.received"))

    assert 1 == await ready(amqp_url)
    [gap] = publisher.gaps
    assert gap.since is not None
    assert gap.until is not None
    assert gap.since <= before <= gap.until
    assert publisher.gap is None


@every_damage
async def test_many_that_come_back_together_are_mended_once(
    publisher: BrokerPublisher, amqp_url: str, damage: Damage
) -> None:
    await damage(amqp_url)
    await asyncio.gather(*(publisher.event(event("pqrs.received", id=f"e{number}")) for number in range(50)))

    # Events in flight when RabbitMQ closed the channel may be there twice.
    assert 50 <= await ready(amqp_url)
    assert 1 == len(publisher.gaps)


@every_damage
async def test_a_ping_mends(publisher: BrokerPublisher, amqp_url: str, damage: Damage) -> None:
    await damage(amqp_url)
    await is_mended(publisher)
    async with administrator(amqp_url) as channel:
        exchange = await channel.get_exchange(topology.DOMAIN_EVENTS)
        await exchange.publish(raw_message(), "pqrs.received")
    assert 1 == await ready(amqp_url)


async def is_mended(publisher: BrokerPublisher) -> None:
    async def mended() -> bool:
        await publisher.ping()
        return bool(publisher.gaps)

    await until(mended, "the next canary", patience=10)


def raw_message() -> aio_pika.Message:
    return aio_pika.Message(b"{}", message_id=uuid4().hex)


async def test_another_system_that_listens_to_all_hides_no_loss(
    publisher: BrokerPublisher, amqp_url: str
) -> None:
    async with administrator(amqp_url) as channel:
        listener = await channel.declare_queue(exclusive=True)
        await listener.bind(topology.DOMAIN_EVENTS, "#")
        await unbind_lanes(amqp_url)
        await is_mended(publisher)

        await publisher.event(event("pqrs.received"))
    assert 1 == await ready(amqp_url)


async def test_a_canary_that_has_lost_its_queue_finds_another(
    publisher: BrokerPublisher, amqp_url: str
) -> None:
    async with administrator(amqp_url) as channel:
        # With the exchange go the bindings of all canaries.
        await channel.exchange_delete(topology.HUB_LANES)
        await topology.declare(channel)
    await is_mended(publisher)

    for _ in range(2):
        publisher._pinged = 0.0
        await publisher.ping()
    assert 1 == len(publisher.gaps)


async def test_a_deleted_queue_of_tickets_is_declared_again(
    publisher: BrokerPublisher, amqp_url: str
) -> None:
    async with administrator(amqp_url) as channel:
        await channel.queue_delete(topology.messages_queue("email", Lane.NORMAL))
    await publisher.tickets([ticket(), ticket()])

    assert 2 == await publisher.depth("email", Lane.NORMAL)
    assert 1 == len(publisher.gaps)


@pytest.mark.parametrize("name", [topology.EVENTS_OUT, topology.HUB_UNKNOWN])
async def test_an_exchange_that_no_canary_passes_is_missed_by_the_monitor(
    publisher: BrokerPublisher, amqp_url: str, name: str
) -> None:
    async with administrator(amqp_url) as channel:
        await channel.exchange_delete(name)
    await publisher.ping()
    assert [] == publisher.gaps
    await publisher.unattended()

    assert 1 == len(publisher.gaps)
    async with administrator(amqp_url) as channel:
        await channel.get_exchange(name)


async def test_a_queue_that_is_missing_is_no_failed_check(publisher: BrokerPublisher, amqp_url: str) -> None:
    async with administrator(amqp_url) as channel:
        await channel.queue_delete(topology.events_queue(Lane.BULK))
    first, second = await publisher.unattended(), await publisher.unattended()

    assert {topology.events_queue(Lane.BULK)} == second.keys() - first.keys()
    assert 1 == len(publisher.gaps)


async def test_a_notice_finds_its_exchange_again(publisher: BrokerPublisher, amqp_url: str) -> None:
    async with administrator(amqp_url) as channel:
        await channel.exchange_delete(topology.EVENTS_OUT)
    await publisher.notify([event("pqrs.received")])

    async with administrator(amqp_url) as channel:
        await channel.get_exchange(topology.EVENTS_OUT)


async def test_a_loss_behind_a_lost_connection_is_noticed(amqp_url: str) -> None:
    async with Line(amqp_url) as line, publishing(line.url) as publisher:
        await publisher.ping()
        line.open = False
        line.cut()
        await declare_anew(amqp_url)
        line.open = True

        async def back() -> bool:
            try:
                await publisher.event(event("pqrs.received"))
            except BrokerUnavailable:
                return False
            return True

        await until(back, "the next connection")

        assert 1 == len(publisher.gaps)
        assert publisher.gaps[0].since is not None


async def test_a_new_process_notices_what_was_lost_before_it(
    publisher: BrokerPublisher, amqp_url: str
) -> None:
    await publisher.aclose()
    await declare_anew(amqp_url)
    async with publishing(amqp_url) as other:
        await other.ping()

        assert [None] == [gap.since for gap in other.gaps]


async def test_the_first_processes_of_a_hub_miss_nothing(new_amqp_url: str) -> None:
    hubs = [BrokerPublisher(new_amqp_url, f"hub test {number}") for number in range(4)]
    try:
        await asyncio.gather(*(hub.ping() for hub in hubs))
    finally:
        await asyncio.gather(*(hub.aclose() for hub in hubs))

    assert [[]] * 4 == [hub.gaps for hub in hubs]


@asynccontextmanager
async def frozen(servers: Servers) -> AsyncIterator[tuple[str, BrokerPublisher, Thaw]]:
    """Yield a virtual host, a hub that may no longer declare anything there, and the call that permits it."""
    async with servers.vhost() as url:
        vhost, user = urlsplit(url).path[1:], f"frozen{uuid4().hex}"
        permitted = partial(permit, servers.rabbitmq, vhost, user)
        async with publishing(await add_user(servers.rabbitmq, vhost, user, "secret")) as publisher:
            await publisher.ping()
            await permitted(configure="^$")
            yield url, publisher, partial(permitted, configure=".*")


async def test_a_hub_that_may_not_declare_is_not_well_until_it_may(servers: Servers) -> None:
    async with frozen(servers) as (url, publisher, thaw):
        await declare_anew(url)
        with pytest.raises(BrokerUnavailable):
            await publisher.event(event("pqrs.received"))
        with pytest.raises(BrokerUnavailable):
            await publisher.ping()
        assert publisher.gap is not None
        assert [] == publisher.gaps

        await thaw()
        await publisher.ping()

        assert publisher.gap is None
        assert 1 == len(publisher.gaps)


async def test_a_binding_that_is_refused_fails_the_declaration_before_any_event_flows(
    servers: Servers,
) -> None:
    async with servers.vhost() as url:
        vhost, user = urlsplit(url).path[1:], f"deaf{uuid4().hex}"
        theirs = await add_user(servers.rabbitmq, vhost, user, "secret")
        # It may declare all, and bind nothing to the lanes.
        await control(
            servers.rabbitmq, [f"rabbitmqctl set_permissions -p {vhost} {user} '.*' '.*' '^domain.events$'"]
        )
        async with publishing(theirs) as publisher:
            with pytest.raises(BrokerUnavailable):
                await publisher.ping()

        async with await aio_pika.connect(url) as connection:
            exchange = await (await connection.channel(on_return_raises=True)).get_exchange(
                topology.DOMAIN_EVENTS
            )
            with pytest.raises(DeliveryError):
                await exchange.publish(raw_message(), "pqrs.received", mandatory=True)


async def test_a_way_that_somebody_else_has_mended_is_well_again(servers: Servers) -> None:
    async with frozen(servers) as (url, publisher, _):
        await unbind_lanes(url)
        with pytest.raises(BrokerUnavailable):
            await publisher.event(event("pqrs.received"))
        async with administrator(url) as channel:
            await topology.declare(channel)
        await publisher.event(event("pqrs.received"))
        await publisher.ping()

        assert publisher.gap is None
        assert 1 == len(publisher.gaps)


async def test_a_gap_is_reported_once_it_can_be_and_then_no_more(publisher: BrokerPublisher) -> None:
    store = MemoryMonitor(MemoryStore(now), now)
    publisher.gap = Gap(since=now() - HOUR)
    await report(store, publisher)
    assert [publisher.gap] == await store.gaps(HOUR)

    over = Gap(since=publisher.gap.since, until=now())
    publisher.gap, publisher.gaps = None, [over]
    store.faults.script("beat", StorageUnavailable("away"))
    await report(store, publisher)
    assert [over] == publisher.gaps

    await report(store, publisher)
    assert [over] == await store.gaps(HOUR)
    assert [] == publisher.gaps
