"""Numbers that four processes give, two of them killed: none is missing, none is given twice."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Final

import aio_pika
import pytest

from hub.consumers.publisher import BrokerPublisher
from hub.consumers.topology import DOMAIN_EVENTS
from hub.storage import PostgresRadicados
from hub.storage.database import Database
from hub.timers.row_work import publish_registrations
from tests.acceptance.harness import until
from tests.chaos.registering import PLACES
from tests.unit.factories import MONDAY
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

NUMBERS: Final = 10_000
KILLED_AT: Final = (NUMBERS // 4, NUMBERS // 2)
"""Numbers that are given when a process is killed."""
WAITING: Final = """
SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
AND query LIKE '%INTO radicado_series%'
"""

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


async def test_10_000_by_four_processes_two_killed_have_no_gap_and_no_double(
    database: str, amqp_url: str
) -> None:
    async with Database(database) as opened, published(amqp_url) as events:
        processes = [await start(database, amqp_url) for _ in range(4)]
        for number, given in enumerate(KILLED_AT):
            await until(partial(has_given, opened, given), f"{given} numbers", patience=120)
            async with all_wait_for_a_number(opened, 4 - number):
                processes[number].kill()
        ends = [await process.wait() for process in processes]
        await tell_the_rest(opened, amqp_url)
        rows = await opened.rows("SELECT id, copropiedad_id, number, radicado, event FROM registration")
        told = await events()

    assert [-9, -9, 0, 0] == ends
    by_place = Counter(row["copropiedad_id"] for row in rows)
    expected = {(place, number) for place, count in by_place.items() for number in range(1, count + 1)}
    assert sorted(expected) == sorted((row["copropiedad_id"], row["number"]) for row in rows)
    assert sum(by_place.values()) >= NUMBERS - NUMBERS % len(by_place)
    assert {None} == {row["event"] for row in rows}
    # One event for each number: a repeat of a killed process has the same id, and is dropped as a duplicate.
    assert sorted(f"{row['radicado']}@{row['copropiedad_id']}" for row in rows) == sorted(told.values())


async def start(database: str, amqp_url: str) -> asyncio.subprocess.Process:
    command = ("-m", "tests.chaos.registering", database, amqp_url, str(NUMBERS))
    return await asyncio.create_subprocess_exec(sys.executable, *command)


async def has_given(database: Database, numbers: int) -> bool:
    [row] = await database.rows("SELECT coalesce(sum(last), 0) AS given FROM radicado_series")
    return int(row["given"]) >= numbers


@asynccontextmanager
async def all_wait_for_a_number(database: Database, processes: int) -> AsyncIterator[None]:
    """Hold a series until each process waits for it: who is killed now is in the middle of a registration."""
    async with database.transaction() as holding:
        await holding.rows("SELECT FROM radicado_series WHERE copropiedad_id = $1 FOR UPDATE", PLACES[0])

        async def all_wait() -> bool:
            return len(await database.rows(WAITING)) == processes

        await until(all_wait, "each process to wait")
        yield


async def tell_the_rest(database: Database, amqp_url: str) -> None:
    """Let the timers look until nothing is left: what is younger than their patience waits."""
    async with aclosing(BrokerPublisher(amqp_url, "timers")) as publisher:
        timers = timers_of(memory_hub(MONDAY), radicados=PostgresRadicados(database), publisher=publisher)

        async def all_told() -> bool:
            await publish_registrations(timers)
            return not await database.rows("SELECT FROM registration WHERE published_at IS NULL LIMIT 1")

        await until(all_told, "the timers to publish the rest", patience=30)


@asynccontextmanager
async def published(amqp_url: str) -> AsyncIterator[Callable[[], Awaitable[Mapping[str, str]]]]:
    """Give what returns the id of each event that was published → the number in it."""
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("witness", durable=True)
        await queue.bind(DOMAIN_EVENTS, "pqrs.#")

        async def read() -> dict[str, str]:
            found: dict[str, str] = {}
            while (message := await queue.get(no_ack=True, fail=False)) is not None:
                event = json.loads(message.body)
                number = event["data"]["pqrs_id"]
                assert number == found.setdefault(event["id"], number)
            return found

        yield read
