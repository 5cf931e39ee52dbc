"""The one place where deliveries are acknowledged, without a broker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from hub.consumers.deliveries import Delivery, delivery_of
from hub.consumers.worker import ALONE_FROM, BURY_FROM, Consumer, _buried, _handle, _next_batch
from hub.errors import StorageRefused, StorageUnavailable
from hub.model import RawMessage


@dataclass
class AnsweringChannel:
    """A channel that writes down how the delivery of this name was answered."""

    name: str
    answers: list[tuple[str, str]]

    async def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        assert delivery_tag == TAG
        self.answers.append((self.name, "ack up to" if multiple else "ack"))

    async def basic_reject(self, delivery_tag: int, *, requeue: bool = True) -> None:
        assert delivery_tag == TAG
        self.answers.append((self.name, "back" if requeue else "drop"))


TAG = 7


def delivered(name: str, channel: AnsweringChannel, **properties: Any) -> Delivery:
    return delivery_of(
        DeliveredMessage(
            delivery=Basic.Deliver(
                delivery_tag=TAG, routing_key=properties.pop("routing_key", "pqrs.received")
            ),
            header=ContentHeader(properties=Basic.Properties(**properties)),
            body=name.encode(),
            channel=cast(AbstractChannel, channel),
        )
    )


class Bench:
    """A consumer whose handler fails as scripted, and the deliveries that it is given."""

    def __init__(self, *, at_once: int = 1) -> None:
        self.answers: list[tuple[str, str]] = []
        self.handled: list[list[str]] = []
        self.buried: list[tuple[str, str]] = []
        self.faults: dict[str, list[Exception | None]] = {}
        self.bury_faults: list[Exception] = []
        self.stop = asyncio.Event()
        self.consumer = Consumer(queue="q", handle=self._work, bury=self._bury, batch=10, at_once=at_once)

    def fail(self, name: str, *errors: Exception | None) -> None:
        """Let batches with this delivery meet these, the last one for ever."""
        self.faults[name] = list(errors)

    def delivery(self, name: str, count: object = None) -> Delivery:
        headers = None if count is None else {"x-delivery-count": count}
        return delivered(name, AnsweringChannel(name, self.answers), headers=headers)

    async def handle(self, *deliveries: Delivery) -> None:
        await asyncio.wait_for(_handle(deliveries, self.consumer, self.stop), 5)

    async def _work(self, incoming: Sequence[RawMessage]) -> None:
        names = [delivery.body.decode() for delivery in incoming]
        self.handled.append(names)
        for name in names:
            errors = self.faults.get(name, [None])
            error = errors.pop(0) if len(errors) > 1 else errors[0]
            if error is not None:
                raise error

    async def _bury(self, incoming: RawMessage, error: Exception) -> None:
        if self.bury_faults:
            raise self.bury_faults.pop(0)
        self.buried.append((incoming.body.decode(), type(error).__name__))


async def test_a_batch_that_is_done_is_acknowledged_up_to_its_last() -> None:
    bench = Bench()
    await bench.handle(*map(bench.delivery, "abc"))

    assert (bench.handled, bench.answers) == ([["a", "b", "c"]], [("c", "ack up to")])


async def test_where_several_batches_are_in_work_each_delivery_is_acknowledged_by_itself() -> None:
    bench = Bench(at_once=4)
    await bench.handle(*map(bench.delivery, "ab"))

    assert bench.answers == [("a", "ack"), ("b", "ack")]


async def test_while_a_server_is_away_nothing_is_acknowledged_and_the_same_is_done_again() -> None:
    bench = Bench()
    bench.fail("b", StorageUnavailable(), StorageUnavailable(), None)
    await bench.handle(*map(bench.delivery, "ab"))

    assert bench.handled == [["a", "b"]] * 3
    assert bench.answers == [("b", "ack up to")]


async def test_a_batch_that_fails_is_done_one_by_one_and_only_the_bad_one_goes_back() -> None:
    bench = Bench()
    bench.fail("b", ZeroDivisionError())
    await bench.handle(*map(bench.delivery, "abc"))

    assert bench.handled == [["a", "b", "c"], ["a"], ["b"], ["c"]]
    assert bench.answers == [("a", "ack up to"), ("b", "back"), ("c", "ack up to")]
    assert bench.buried == []


async def test_what_a_stopping_worker_has_given_up_is_not_acknowledged_with_what_follows() -> None:
    bench = Bench()
    bench.fail("a", ZeroDivisionError(), StorageUnavailable())
    bench.stop.set()
    await bench.handle(*map(bench.delivery, "ab"))

    assert bench.handled == [["a", "b"], ["a"]]
    assert bench.answers == [], "`b` would be acknowledged together with all before it"


@pytest.mark.parametrize(
    ("count", "handled"),
    [
        (None, [["a", "b"]]),
        (ALONE_FROM - 1, [["a", "b"]]),
        (ALONE_FROM, [["a"], ["b"]]),
        ("many", [["a", "b"]]),  # what no broker of ours says
    ],
)
async def test_a_delivery_that_came_too_often_is_done_alone(count: object, handled: list[list[str]]) -> None:
    bench = Bench()
    await bench.handle(bench.delivery("a", count), bench.delivery("b"))

    assert bench.handled == handled


async def test_a_delivery_that_fails_alone_too_often_is_buried() -> None:
    bench = Bench()
    bench.fail("a", ZeroDivisionError())
    await bench.handle(bench.delivery("a", BURY_FROM))

    assert (bench.buried, bench.answers) == ([("a", "ZeroDivisionError")], [("a", "ack")])


async def test_a_delivery_that_lost_many_connections_is_no_bad_one() -> None:
    bench = Bench()
    bench.fail("a", StorageUnavailable(), None)
    await bench.handle(bench.delivery("a", 1000))

    assert (bench.buried, bench.answers) == ([], [("a", "ack up to")])


async def test_a_burial_waits_for_the_database() -> None:
    bench = Bench()
    bench.fail("a", ZeroDivisionError())
    bench.bury_faults = [StorageUnavailable(), StorageUnavailable()]
    await bench.handle(bench.delivery("a", BURY_FROM))

    assert (bench.buried, bench.answers) == ([("a", "ZeroDivisionError")], [("a", "ack")])


async def test_a_stop_does_not_wait_for_a_server_that_is_away_and_answers_nothing() -> None:
    bench = Bench()
    bench.fail("a", StorageUnavailable())
    bench.stop.set()
    await bench.handle(bench.delivery("a"))

    assert (bench.handled, bench.answers) == ([["a"]], [])


async def test_what_cannot_even_be_buried_ends_nobody() -> None:
    bench = Bench()
    bench.bury_faults = [StorageRefused()]

    assert not await _buried(bench.delivery("a", BURY_FROM), bench.consumer, ZeroDivisionError(), bench.stop)
    assert bench.answers == []


async def test_cancellation_lets_a_batch_in_work_end_and_answers_nothing() -> None:
    bench = Bench()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def send(_: Sequence[RawMessage]) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        ended.set()

    work = asyncio.create_task(_handle([bench.delivery("a")], _consumer(send), bench.stop))
    await asyncio.wait_for(begun.wait(), 5)
    work.cancel()

    with pytest.raises(asyncio.CancelledError):
        await work
    assert ended.is_set()
    assert bench.answers == []


async def test_cancellation_does_not_wait_for_ever_and_answers_nothing() -> None:
    bench = Bench()
    begun = asyncio.Event()

    async def hang(_: Sequence[RawMessage]) -> None:
        begun.set()
        await asyncio.Event().wait()

    work = asyncio.create_task(_handle([bench.delivery("a")], _consumer(hang), bench.stop))
    await asyncio.wait_for(begun.wait(), 5)
    work.cancel()

    with pytest.raises(asyncio.CancelledError):
        await work
    assert bench.answers == []


async def test_a_handler_that_is_cancelled_from_within_answers_nothing() -> None:
    bench = Bench()

    async def give_up(_: Sequence[RawMessage]) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await _handle([bench.delivery("a"), bench.delivery("b")], _consumer(give_up), asyncio.Event())
    assert bench.answers == []


async def test_a_handler_gets_what_came_over_the_wire() -> None:
    bench = Bench()
    got: list[RawMessage] = []

    async def keep(incoming: Sequence[RawMessage]) -> None:
        got.extend(incoming)

    nameless = delivered("a", AnsweringChannel("a", bench.answers), headers={"h": 1}, routing_key=None)
    await _handle([nameless], _consumer(keep), asyncio.Event())
    [one] = got

    assert (one.body, one.headers, one.content_type, one.routing_key) == (b"a", {"h": 1}, None, "")
    assert one.received_at.tzinfo is not None


def _consumer(handle: Callable[[Sequence[RawMessage]], Awaitable[None]]) -> Consumer:
    async def bury(_: RawMessage, __: Exception) -> None:
        raise AssertionError

    return Consumer(queue="q", handle=handle, bury=bury, patience=timedelta(seconds=0.2))


async def next_batch(arrived: asyncio.Queue[Delivery], most: int, stop: asyncio.Event) -> list[str]:
    stopping = asyncio.create_task(stop.wait())
    batch = await asyncio.wait_for(_next_batch(arrived, most, stopping), 5)
    stopping.cancel()
    return [delivery.message.body.decode() for delivery in batch]


@pytest.mark.parametrize(("most", "expected"), [(1, "a"), (2, "ab"), (3, "abc"), (10, "abc")])
async def test_a_batch_is_what_has_arrived_up_to_the_most(most: int, expected: str) -> None:
    bench, arrived = Bench(), asyncio.Queue[Delivery]()
    for name in "abc":
        arrived.put_nowait(bench.delivery(name))

    assert await next_batch(arrived, most, asyncio.Event()) == list(expected)


async def test_a_batch_waits_for_its_first_and_for_no_more() -> None:
    bench, arrived = Bench(), asyncio.Queue[Delivery]()
    batch = asyncio.create_task(next_batch(arrived, 10, asyncio.Event()))
    await asyncio.sleep(0)
    arrived.put_nowait(bench.delivery("a"))

    assert await batch == ["a"]


async def test_who_waits_for_work_ends_at_a_stop() -> None:
    stop = asyncio.Event()
    batch = asyncio.create_task(next_batch(asyncio.Queue(), 10, stop))
    await asyncio.sleep(0)
    stop.set()

    assert await batch == []


async def test_who_is_cancelled_waiting_for_work_leaves_nothing_running() -> None:
    waiting = asyncio.create_task(next_batch(asyncio.Queue(), 10, asyncio.Event()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait({waiting})

    assert [task for task in asyncio.all_tasks() if "Queue.get" in repr(task)] == []


@pytest.mark.parametrize(("batch", "at_once", "expected"), [(200, 1, 400), (1, 4, 8)])
def test_the_next_batch_is_fetched_while_one_is_in_work(batch: int, at_once: int, expected: int) -> None:
    consumer = replace(Bench().consumer, batch=batch, at_once=at_once)

    assert consumer.prefetch == expected
