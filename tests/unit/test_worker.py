"""The one place where deliveries are acknowledged, without a broker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final, cast

import pytest
from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from structlog.testing import capture_logs

from hub.consumers import worker
from hub.consumers.deliveries import Delivery, delivery_of
from hub.consumers.in_progress import InProgress
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


class TaggedChannel:
    """A channel as the broker sees it: `multiple` acknowledges all before that is not settled."""

    def __init__(self) -> None:
        self.acknowledged: set[int] = set()
        self._returned: set[int] = set()

    async def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        tags = range(1, delivery_tag + 1) if multiple else [delivery_tag]
        self.acknowledged |= set(tags) - self._returned

    async def basic_reject(self, delivery_tag: int, *, requeue: bool = True) -> None:
        assert requeue
        self._returned.add(delivery_tag)


def delivered(
    name: str, channel: AnsweringChannel | TaggedChannel, *, tag: int = TAG, **properties: Any
) -> Delivery:
    return delivery_of(
        DeliveredMessage(
            delivery=Basic.Deliver(
                delivery_tag=tag,
                redelivered=properties.pop("redelivered", False),
                routing_key=properties.pop("routing_key", "pqrs.received"),
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
        self.done: set[str] = set()
        self.buried: list[tuple[str, str]] = []
        self.faults: dict[str, list[Exception | None]] = {}
        self.bury_faults: list[Exception] = []
        self.stop = asyncio.Event()
        self.consumer = Consumer(queue="q", handle=self._work, bury=self._bury, batch=10, at_once=at_once)

    def fail(self, name: str, *errors: Exception | None) -> None:
        """Let batches with this delivery meet these, the last one for ever."""
        self.faults[name] = list(errors)

    def delivery(self, name: str, count: object = None, *, redelivered: bool = True) -> Delivery:
        headers = None if count is None else {"x-delivery-count": count}
        channel = AnsweringChannel(name, self.answers)
        return delivered(name, channel, headers=headers, redelivered=redelivered)

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
        self.done.update(names)

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
    assert bench.answers == [("a", "ack"), ("b", "back"), ("c", "ack")]
    assert bench.buried == []


async def test_delivery_given_up_by_a_stopping_worker_is_not_acknowledged_with_the_next() -> None:
    bench = Bench()
    bench.fail("a", ZeroDivisionError(), StorageUnavailable())
    bench.stop.set()
    await bench.handle(*map(bench.delivery, "ab"))

    assert bench.handled == [["a", "b"], ["a"]]
    assert bench.answers == []


FAULTS: Final[Mapping[str, Sequence[Exception | None]]] = {
    "good": [None],
    "bad": [ZeroDivisionError()],
    "bad at first": [ZeroDivisionError(), None],
    "away": [StorageUnavailable()],
    "bad, then away": [ZeroDivisionError(), StorageUnavailable()],
}


@pytest.mark.parametrize("counts", [(0, 0, 0), (0, ALONE_FROM, 0), (BURY_FROM, 0, 0)])
async def test_a_stopping_worker_acknowledges_nothing_that_was_not_handled(
    counts: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LONGEST_HOLD", 0)
    for faults in product(FAULTS, repeat=len(counts)):
        bench, channel = Bench(), TaggedChannel()
        bench.stop.set()  # so that a worker that finds a server away gives up
        for name, kind in zip("abc", faults, strict=True):
            bench.fail(name, *FAULTS[kind])
        deliveries = [
            delivered(name, channel, tag=tag, headers={"x-delivery-count": count}, redelivered=True)
            for tag, (name, count) in enumerate(zip("abc", counts, strict=True), 1)
        ]
        with capture_logs():  # tracebacks take long to print
            for batch in deliveries[:2], deliveries[2:]:
                if not await _handle(batch, bench.consumer, bench.stop):
                    break

        acknowledged = {"abc"[tag - 1] for tag in channel.acknowledged}
        assert acknowledged <= bench.done | {name for name, _ in bench.buried}, faults


@pytest.mark.parametrize(
    ("count", "handled"),
    [
        (None, [["a", "b"]]),
        (ALONE_FROM - 1, [["a", "b"]]),
        (ALONE_FROM, [["a"], ["b"]]),
        ("many", [["a", "b"]]),  # no broker of ours says so
    ],
)
async def test_a_delivery_that_came_too_often_is_done_alone(count: object, handled: list[list[str]]) -> None:
    bench = Bench()
    await bench.handle(bench.delivery("a", count), bench.delivery("b"))

    assert bench.handled == handled


async def test_a_count_on_a_first_delivery_is_the_publishers_and_is_not_believed() -> None:
    bench = Bench()
    bench.fail("forged", ZeroDivisionError(), ZeroDivisionError())
    await bench.handle(bench.delivery("forged", BURY_FROM, redelivered=False), bench.delivery("b"))

    assert bench.handled == [["forged", "b"], ["forged"], ["b"]]
    assert (bench.buried, bench.answers) == ([], [("forged", "back"), ("b", "ack")])


async def test_a_delivery_that_fails_alone_too_often_is_buried() -> None:
    bench = Bench()
    bench.fail("a", ZeroDivisionError())
    await bench.handle(bench.delivery("a", BURY_FROM))

    assert (bench.buried, bench.answers) == ([("a", "ZeroDivisionError")], [("a", "ack")])


async def test_a_delivery_that_lost_many_connections_is_no_bad_one() -> None:
    bench = Bench()
    bench.fail("a", StorageUnavailable(), None)
    await bench.handle(bench.delivery("a", 1000))

    assert (bench.buried, bench.answers) == ([], [("a", "ack")])


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


async def test_cancellation_cuts_a_batch_and_answers_nothing() -> None:
    bench = Bench()
    begun = asyncio.Event()

    async def hang(_: Sequence[RawMessage]) -> None:
        begun.set()
        await asyncio.Event().wait()

    work = asyncio.create_task(_handle([bench.delivery("a")], _consumer(hang), bench.stop))
    await asyncio.wait_for(begun.wait(), 5)
    work.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(work, 5)
    assert bench.answers == []


async def test_what_goes_on_in_progress_outlives_its_worker_and_answers_nothing() -> None:
    bench = Bench()
    begun, answer, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def send(_: Sequence[RawMessage]) -> None:
        begun.set()
        await answer.wait()
        ended.set()

    consumer = replace(_consumer(send), in_progress=InProgress("q", most=1))
    work = asyncio.create_task(_handle([bench.delivery("a")], consumer, bench.stop))
    await asyncio.wait_for(begun.wait(), 5)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(work, 5)
    answer.set()

    await asyncio.wait_for(ended.wait(), 5)
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

    return Consumer(queue="q", handle=handle, bury=bury)


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
