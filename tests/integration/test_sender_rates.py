"""Events above one sender's rate never delay another's emergency: on real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

import aio_pika
import pytest
from msgspec import structs

from hub.client.connection import user_of
from hub.cloudevents import CONTENT_TYPE, encode
from hub.consumers import events, topology
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.worker import serve
from hub.errors import BrokerUnavailable
from hub.intake.sender_rates import SenderRates
from hub.intake.source_bindings import SourceBindings
from hub.model import CALLER_HEADER, LANE_HEADER, SENDER_HEADER, Event, Json, Lane, RawMessage
from hub.policy.intake import ANONYMOUS
from hub.storage import Database, PostgresIntake, PostgresKeys
from hub.storage.database import KEPT, POOL_SIZE
from hub.testing import MemoryAppointments
from tests.acceptance.harness import until
from tests.broker_users import publisher_user
from tests.contract.values import now
from tests.integration.test_event_lanes import waiting
from tests.integration.test_urgent_connections import hanging
from tests.servers import Servers
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import DESK, POLICY, event

MANY: Final = 240
"""Four times as many as one sender may publish at once."""


def emergency(of: str, number: int = 0) -> Event:
    name = f"{of}-{number}"
    return event("emergency.declared", {"emergency_id": name, "copropiedad_id": PLACE}, id=name, at=now())


def flood(of: str) -> list[Event]:
    return [emergency(of, number) for number in range(MANY)]


@dataclass
class House:
    """A hub's intake on real servers, not yet running, and two publishers' users."""

    url: str
    alice: str
    bob: str
    publisher: BrokerPublisher
    database: Database

    @asynccontextmanager
    async def taking_in(self) -> AsyncIterator[SenderRates]:
        stop, rates = asyncio.Event(), SenderRates(POLICY.intake, own=user_of(self.url))
        consumers = events.consumers(
            context=replace(DESK, rates=rates),
            senders=SourceBindings(PostgresKeys(self.database), own=user_of(self.url)),
            store=PostgresIntake(self.database),
            publisher=self.publisher,
            appointments=MemoryAppointments(now),
            now=now,
        )
        task = asyncio.create_task(serve(self.url, "hub test", consumers, stop))
        try:
            yield rates
        finally:
            stop.set()
            await asyncio.wait_for(task, 60)

    async def count(self, statement: str) -> int:
        [row] = await self.database.rows(f"SELECT count(*) AS n FROM {statement}")
        count: int = row["n"]
        return count

    async def stored(self, of: str) -> int:
        return await self.count(f"event WHERE id LIKE '{of}%'")

    async def is_empty(self) -> bool:
        return await waiting(self.url) == 0

    async def all_stored(self, of: str, count: int) -> None:
        async def are() -> bool:
            return await self.stored(of) == count

        await until(are, f"{count} of {of}", patience=120)


@pytest.fixture
async def house(servers: Servers, amqp_url: str, opened: Database) -> AsyncIterator[House]:
    async with (
        aclosing(BrokerPublisher(amqp_url, "hub test")) as publisher,
        publisher_user(servers, amqp_url) as alice,
        publisher_user(servers, amqp_url) as bob,
    ):
        await publisher.ping()  # declares the topology
        place = House(url=amqp_url, alice=alice, bob=bob, publisher=publisher, database=opened)
        async with place.taking_in():
            for known in town():
                await publisher.event(known)
            await place.all_stored("directory", len(town()))
        yield place


async def publish(
    url: str, published: Iterable[Event], *, user_id: str | None, headers: Mapping[str, Json] | None = None
) -> None:
    async with await aio_pika.connect(url) as connection:
        exchange = await (await connection.channel()).get_exchange(topology.DOMAIN_EVENTS, ensure=False)
        await asyncio.gather(
            *(
                exchange.publish(
                    aio_pika.Message(
                        encode(one),
                        content_type=CONTENT_TYPE,
                        delivery_mode=2,
                        headers=dict(headers or {}),
                        user_id=user_id,
                    ),
                    one.name,
                )
                for one in published
            )
        )


async def test_an_emergency_passes_what_another_sender_has_in_excess(house: House) -> None:
    alice = user_of(house.alice)
    await publish(house.alice, flood("alice"), user_id=alice)
    await publish(house.bob, [emergency("bob")], user_id=user_of(house.bob))
    async with house.taking_in() as rates:
        await house.all_stored("bob", 1)
        before = await house.stored("alice")
        await house.all_stored("alice", MANY)

    assert before <= MANY - 100
    assert {(Lane.URGENT, alice)} == rates.excess.keys()
    assert await house.count("dead_letter") == 0
    # Their messages are urgent in any lane of intake, and their clocks run.
    assert await house.count("message WHERE event_id LIKE 'alice%' AND lane <> 'urgent'") == 0
    assert await house.count("(SELECT DISTINCT event_key FROM message) AS reached") == MANY + 1
    assert await house.count("clock WHERE name = 'emergency_ack' AND ended_at IS NULL") == MANY + 1


async def test_callers_who_name_nobody_share_one_rate_for_any_source(house: House) -> None:
    published = [
        structs.replace(one, source=f"urn:system:{number}") for number, one in enumerate(flood("nobody"))
    ]
    await publish(house.alice, published[:100], user_id=None)
    await publish(house.bob, published[100:], user_id=None)
    async with house.taking_in() as rates:
        await house.all_stored("nobody", MANY)

    assert {(Lane.URGENT, ANONYMOUS)} == rates.excess.keys()


async def test_who_forges_the_headers_of_the_hub_is_counted_all_the_same(house: House) -> None:
    alice, bob = str(user_of(house.alice)), str(user_of(house.bob))
    headers: Mapping[str, Json] = {LANE_HEADER: "urgent", SENDER_HEADER: bob, CALLER_HEADER: bob}
    await publish(house.alice, flood("alice"), user_id=alice, headers=headers)
    await publish(house.alice, flood("nobody"), user_id=None, headers=headers)
    async with house.taking_in() as rates:
        await house.all_stored("alice", MANY)
        await house.all_stored("nobody", MANY)

    assert {(Lane.URGENT, alice), (Lane.URGENT, ANONYMOUS)} == rates.excess.keys()


class Crashing(BrokerPublisher):
    """Gone for a moment after each of its first moves: nothing of the batch is acknowledged."""

    crashes = 2

    async def move(
        self, lane: Lane, events: Sequence[tuple[Event, RawMessage]], *, stay: bool = False
    ) -> None:
        await super().move(lane, events, stay=stay)
        if self.crashes:
            self.crashes -= 1
            raise BrokerUnavailable("gone after the confirm")


async def test_what_is_moved_twice_is_stored_once(house: House) -> None:
    await publish(house.alice, flood("alice"), user_id=user_of(house.alice))
    async with aclosing(Crashing(house.url, "hub test")) as house.publisher, house.taking_in():
        await house.all_stored("alice", MANY)
        await until(house.is_empty, "the lanes to be empty")

    assert house.publisher.crashes == 0
    assert await house.stored("alice") == MANY
    of_one = "SELECT event_key FROM message GROUP BY event_key, person, channel HAVING count(*) > 1"
    assert await house.count(f"({of_one}) AS doubled") == 0


async def test_an_emergency_is_stored_while_other_work_hangs_in_its_connections(
    house: House, database: str
) -> None:
    holding: list[int] = []
    async with Database(database, size=1) as aside, hanging(house.database, 2 * POOL_SIZE, holding):
        await until(lambda: len(holding) >= POOL_SIZE - KEPT, "all connections for other work")
        await publish(house.bob, [emergency("bob")], user_id=None)
        async with house.taking_in():
            await until(lambda: is_there(aside), "the emergency", patience=10)


async def is_there(database: Database) -> bool:
    return bool(await database.rows("SELECT FROM event WHERE id = 'bob-0'"))
