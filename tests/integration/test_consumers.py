"""The ack discipline and the topology on a real broker."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage

from hub.consumers import topology
from hub.consumers.broker import connect
from hub.consumers.deliveries import delivery_of
from hub.consumers.in_progress import InProgress
from hub.consumers.worker import BURY_FROM, Consumer, serve
from hub.errors import ConfigurationError, StorageUnavailable
from hub.model import Lane, RawMessage
from tests.acceptance.harness import until
from tests.integration.broker_line import Line

QUEUE = topology.events_queue(Lane.NORMAL)


@dataclass(kw_only=True)
class Bench:
    """A worker on a real queue, whose handler does as scripted."""

    url: str
    channel: AbstractChannel
    batch: int = 10
    in_progress: InProgress | None = None
    drain: timedelta = timedelta(seconds=20)
    handled: list[list[str]] = field(default_factory=list)
    buried: list[str] = field(default_factory=list)
    fails: Callable[[Sequence[str]], Exception | None] = lambda _: None
    begun: Sequence[str] = ()
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """A handler that has begun waits until this is set."""
    opens_at_stop: bool = True

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def done(self) -> Counter[str]:
        """The number of times that each was handled to its end."""
        return Counter(name for names in self.handled for name in names)

    async def put(self, *names: str, **headers: int) -> None:
        for name in names:
            message = aio_pika.Message(
                name.encode(), delivery_mode=2, message_id=uuid4().hex, headers={**headers}
            )
            await self.channel.default_exchange.publish(message, QUEUE)

    async def ready(self) -> int:
        """The number of deliveries that wait in the queue, without those that somebody has."""
        queue = await self.channel.declare_queue(QUEUE, passive=True)
        return queue.declaration_result.message_count or 0

    async def is_left_with(self, number: int) -> None:
        """Once nobody consumes, everything that was not acknowledged is ready again."""

        async def left() -> bool:
            return await self.ready() == number

        await until(left, f"{number} in the queue")

    @asynccontextmanager
    async def working(self, url: str | None = None) -> AsyncIterator[asyncio.Task[None]]:
        """Serve; at the end stop as SIGTERM does."""
        stop = asyncio.Event()
        consumer = Consumer(
            queue=QUEUE,
            handle=self._handle,
            bury=self._bury,
            batch=self.batch,
            in_progress=self.in_progress,
            drain=self.drain,
        )
        task = asyncio.create_task(serve(url or self.url, "hub test", [consumer], stop))
        try:
            yield task
            stop.set()
            if self.opens_at_stop:
                self.gate.set()
            if not task.cancelling():
                await asyncio.wait_for(task, 30)
        finally:
            self.gate.set()
            task.cancel()
            await asyncio.wait([task])

    async def _handle(self, incoming: Sequence[RawMessage]) -> None:
        names = [delivery.body.decode() for delivery in incoming]
        self.begun = names
        await self.gate.wait()
        if error := self.fails(names):
            raise error
        self.handled.append(names)

    async def _bury(self, incoming: RawMessage, _: Exception) -> None:
        self.buried.append(incoming.body.decode())


@pytest.fixture
async def bench(amqp_url: str) -> AsyncIterator[Bench]:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        await topology.declare(channel)
        yield Bench(url=amqp_url, channel=channel)


@pytest.fixture
async def line(amqp_url: str) -> AsyncIterator[Line]:
    async with Line(amqp_url) as between:
        yield between


def names(number: int) -> list[str]:
    return [f"n{one}" for one in range(number)]


async def test_what_was_handled_is_gone(bench: Bench) -> None:
    await bench.put(*names(25))
    async with bench.working():
        await until(lambda: bench.done.total() == 25, "all")
    await bench.is_left_with(0)

    assert Counter(names(25)) == bench.done


async def test_one_that_always_fails_is_buried_alone_and_holds_up_no_other(bench: Bench) -> None:
    tried, longest = 0, 0.0

    def fail(given: Sequence[str]) -> Exception | None:
        nonlocal tried
        tried += given == ["bad"]
        return ZeroDivisionError() if "bad" in given else None

    async def pass_by(name: str) -> None:
        nonlocal longest
        began = time.monotonic()
        await bench.put(name)
        await until(lambda: bench.done[name] == 1, "a good one")
        longest = max(longest, time.monotonic() - began)

    bench.fails = fail
    await bench.put(*names(15), "bad", *names(30)[15:])
    async with bench.working():
        while not bench.buried:
            await pass_by(uuid4().hex)
    await bench.is_left_with(0)

    assert ["bad"] == bench.buried
    assert {1} == set(bench.done.values())
    assert set(names(30)) < set(bench.done)
    # The broker counts from nothing: the delivery with the count of ten is the eleventh.
    assert tried == BURY_FROM + 1
    assert longest < 5


async def test_while_a_server_is_away_nothing_is_acknowledged_and_then_all_is_handled(bench: Bench) -> None:
    faults = iter([StorageUnavailable(), StorageUnavailable(), StorageUnavailable()])
    bench.fails = lambda _: next(faults, None)
    await bench.put(*names(5))
    async with bench.working():
        await until(lambda: bench.done.total() == 5, "all")
    await bench.is_left_with(0)

    assert Counter(names(5)) == bench.done


async def test_a_worker_that_ends_while_a_server_is_away_gives_everything_back(bench: Bench) -> None:
    calls = 0

    def away(_: Sequence[str]) -> Exception | None:
        nonlocal calls
        calls += 1
        return StorageUnavailable()

    bench.fails = away
    await bench.put(*names(5))
    async with bench.working() as task:
        await until(lambda: calls >= 2, "two tries")
        task.cancel()
    await bench.is_left_with(5)

    assert ([], []) == (bench.handled, bench.buried)


async def test_at_a_stop_what_is_in_work_is_finished_and_the_rest_goes_back(bench: Bench) -> None:
    bench.batch = 2
    bench.gate.clear()
    await bench.put(*names(10))
    async with bench.working():
        await until(lambda: bool(bench.begun), "the first batch")
    await bench.is_left_with(10 - bench.done.total())

    assert [list(bench.begun)] == bench.handled
    assert bench.done.total() in {1, 2}


async def test_what_a_cancelled_worker_has_begun_goes_back(bench: Bench) -> None:
    bench.gate.clear()
    await bench.put(*names(10))
    async with bench.working() as task:
        await until(lambda: bool(bench.begun), "a batch")
        task.cancel()
        await asyncio.wait([task], timeout=10)
    await bench.is_left_with(10)


async def test_after_a_cut_line_the_next_connection_is_given_everything_again(
    bench: Bench, line: Line
) -> None:
    bench.gate.clear()
    await bench.put(*names(10))
    async with bench.working(line.url):
        await until(lambda: bool(bench.begun), "a batch")
        line.cut()
        bench.gate.set()
        await until(lambda: set(bench.done) == set(names(10)), "all")
        await bench.put("later")
        await until(lambda: bench.done["later"] == 1, "what came after")
    await bench.is_left_with(0)

    assert 2 == line.connections
    assert max(bench.done.values()) == 2


async def test_what_is_in_progress_goes_on_beside_the_next_connection(bench: Bench, line: Line) -> None:
    bench.in_progress, bench.batch = InProgress(QUEUE, most=2), 1
    bench.gate.clear()
    await bench.put("slow")
    async with bench.working(line.url):
        await until(lambda: bench.begun == ["slow"], "the slow one")
        bench.begun = ()
        line.cut()
        await until(lambda: bench.begun == ["slow"], "the next connection to bring it again")
        bench.gate.set()
        await until(lambda: bench.done["slow"] == 2, "both")
    await bench.is_left_with(0)

    assert 2 == line.connections


async def test_a_stop_waits_for_what_a_lost_connection_has_left_in_progress(bench: Bench, line: Line) -> None:
    bench.in_progress, bench.batch = InProgress(QUEUE, most=2), 1
    bench.gate.clear()
    await bench.put("slow")
    async with bench.working(line.url):
        await until(lambda: bench.begun == ["slow"], "the slow one")
        line.open = False
        line.cut()
        await until(lambda: line.connections >= 2, "the loss to be noticed")
    await bench.is_left_with(1)

    assert {"slow": 1} == bench.done


async def test_a_stop_cuts_what_is_still_in_progress_at_its_limit(bench: Bench) -> None:
    bench.in_progress, bench.drain = InProgress(QUEUE, most=1), timedelta(seconds=0.5)
    bench.opens_at_stop = False
    bench.gate.clear()
    await bench.put("endless")
    async with bench.working():
        await until(lambda: bench.begun == ["endless"], "it")
    await bench.is_left_with(1)

    assert bench.done.total() == 0


async def test_a_count_is_the_brokers_and_never_the_publishers(bench: Bench) -> None:
    """On a first delivery the publisher can have written any value into the header."""
    seen: list[tuple[bool, int]] = []

    async def look(delivered: DeliveredMessage) -> None:
        delivery = delivery_of(delivered)
        seen.append((bool(delivered.redelivered), delivery.count))
        await (delivery.requeue() if len(seen) <= 2 else delivery.ack())

    await bench.put("forged", **{"x-delivery-count": 1000})
    async with await connect(bench.url, "hub test") as connection:
        channel = await connection.channel()
        underlay = await channel.get_underlay_channel()
        await underlay.basic_consume(QUEUE, look)
        await until(lambda: len(seen) == 3, "three deliveries")

    assert [(False, 0), (True, 1), (True, 2)] == seen


async def test_a_broker_that_is_not_there_yet_is_waited_for(bench: Bench, line: Line) -> None:
    line.open = False
    await bench.put("patient")
    async with bench.working(line.url):
        await until(lambda: line.connections >= 3, "three knocks")
        line.open = True
        await until(lambda: bench.done["patient"] == 1, "the delivery")


async def test_a_queue_that_was_deleted_is_declared_and_consumed_again(bench: Bench) -> None:
    await bench.put("before")
    async with bench.working():
        await until(lambda: bench.done["before"] == 1, "the delivery")
        await bench.channel.queue_delete(QUEUE)

        async def there_again() -> bool:
            try:
                await bench.put("after")
            except aio_pika.exceptions.DeliveryError:  # returned, or refused while the queue goes
                return False
            return True

        await until(there_again, "the queue")
        await until(lambda: bench.done["after"] >= 1, "what came after")


async def test_the_topology_may_be_declared_again_and_again(bench: Bench) -> None:
    await topology.declare(bench.channel)
    await topology.declare(bench.channel)

    assert 0 == await bench.ready()


async def test_a_queue_of_another_kind_ends_the_worker_and_says_which(new_amqp_url: str) -> None:
    async with await aio_pika.connect(new_amqp_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "classic"})
        serving = serve(new_amqp_url, "hub test", [], asyncio.Event())

        with pytest.raises(ConfigurationError, match=QUEUE.replace(".", r"\.")):
            await asyncio.wait_for(serving, 10)
