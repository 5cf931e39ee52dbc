"""
The only place where deliveries are acknowledged.

    the handler returns           → ack
    a server is unavailable       → no ack; the same work is retried after a pause
    the handler fails otherwise   → each delivery alone; one that still fails goes back to its queue,
                                    and from the tenth delivery on it becomes a dead letter
    shutdown, lost connection     → no ack; the broker redelivers it

Cancellation is not failure: `CancelledError` never acknowledges anything. It cuts a transaction, which is
repeated from its beginning; it never cuts a call of a provider (`InProgress`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from aio_pika.abc import AbstractConnection
from aiormq.abc import DeliveredMessage

from hub.client.connection import close
from hub.consumers import topology
from hub.consumers.broker import generations, pause, rest, watched_channel
from hub.consumers.deliveries import Delivery, delivery_of
from hub.consumers.in_progress import InProgress
from hub.errors import BrokerUnavailable, Unavailable
from hub.model import Lane, RawMessage
from hub.resilience.right_of_way import RIGHT_OF_WAY
from hub.tasks import cancel, reraise_if_cancelled, run_all, wait_then_cancel

ALONE_FROM: Final = 3
"""From this `x-delivery-count` on a delivery is handled alone: it may be the one that fails its batch."""
BURY_FROM: Final = 10
"""From this `x-delivery-count` on a delivery that fails alone becomes a dead letter."""
LONGEST_HOLD: Final = 1.0
"""Maximal seconds before a failed delivery goes back: its whole lane waits meanwhile."""
DRAIN: Final = timedelta(seconds=20)
"""How long a stopping worker may take to finish its work."""

log = structlog.get_logger()

Handle = Callable[[Sequence[RawMessage]], Awaitable[None]]
Bury = Callable[[RawMessage, Exception], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """
    How the deliveries of one queue are handled.

    `batch` is the maximal batch size (of what has arrived, without waiting for more); `at_once` is
    the number of concurrent batches. `bury` stores dead letters. A lost connection cuts a running batch,
    unless it is to go on `in_progress`. `drain` is how long a stopping worker waits for running batches.
    Batches of the urgent `lane` go first.
    """

    queue: str
    handle: Handle
    bury: Bury
    batch: int = 1
    at_once: int = 1
    in_progress: InProgress | None = None
    drain: timedelta = DRAIN
    lane: Lane = Lane.NORMAL

    @property
    def prefetch(self) -> int:
        """Enough that the next batch has arrived when the current one is done."""
        return self.batch * self.at_once * 2


async def serve(url: str, name: str, consumers: Sequence[Consumer], stop: asyncio.Event) -> None:
    """Consume until `stop` is set, reconnecting as needed; then drain."""

    async def work(connection: AbstractConnection) -> None:
        async with connection.channel() as channel:
            await topology.declare_lanes(channel)
        log.info("worker.consuming", worker=name, queues=len(consumers))
        await run_all(_consume(connection, consumer, stop) for consumer in consumers)

    serving = asyncio.create_task(generations(url, name, work, stop), name=f"serve {name}")
    stopping = asyncio.create_task(stop.wait(), name=f"stop {name}")
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not stop.is_set():
            # This worker cannot go on, or was cancelled: nothing else tells its work to end.
            serving.cancel()
        await _end(serving, consumers)
    if serving.cancelled():
        log.warning("worker.not_drained", worker=name)
    else:
        serving.result()


async def _end(serving: asyncio.Task[None], consumers: Sequence[Consumer]) -> None:
    """
    Wait for the serving task and for the work that lost connections left in progress, for `drain` at most.
    """
    longest = max((consumer.drain for consumer in consumers), default=DRAIN)
    until = time.monotonic() + longest.total_seconds()
    await wait_then_cancel(serving, longest)
    left = [task for consumer in consumers if consumer.in_progress for task in consumer.in_progress.tasks]
    ended = asyncio.gather(*left, return_exceptions=True)
    await wait_then_cancel(ended, timedelta(seconds=until - time.monotonic()))


async def _consume(connection: AbstractConnection, consumer: Consumer, stop: asyncio.Event) -> None:
    """Consume one queue on its own channel until `stop`. Raises when the broker ends the consumer."""
    arrived: asyncio.Queue[Delivery] = asyncio.Queue()
    channel, ended = await watched_channel(connection, consumer.prefetch)
    underlay = await channel.get_underlay_channel()

    async def arrive(delivered: DeliveredMessage) -> None:
        arrived.put_nowait(delivery_of(delivered))

    consuming = await underlay.basic_consume(consumer.queue, arrive, timeout=topology.TIMEOUT)
    busy = [
        asyncio.create_task(_work(arrived, consumer, stop), name=f"work {consumer.queue}")
        for _ in range(consumer.at_once)
    ]
    ending = [asyncio.create_task(event.wait()) for event in (ended, stop)]
    try:
        await asyncio.wait([*busy, *ending], return_when=asyncio.FIRST_COMPLETED)
        if ended.is_set():
            raise BrokerUnavailable(f"the broker ended the consumer of {consumer.queue}")
        if stop.is_set():
            await underlay.basic_cancel(str(consuming.consumer_tag), timeout=topology.TIMEOUT)
            while not arrived.empty():
                arrived.get_nowait()  # what has not begun goes back when the channel closes
            await asyncio.wait(busy)
        for task in busy:
            if task.done():
                task.result()
    finally:
        await cancel(*busy, *ending)
        await close(channel)


async def _work(arrived: asyncio.Queue[Delivery], consumer: Consumer, stop: asyncio.Event) -> None:
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            batch = await _next_batch(arrived, consumer.batch, stopping)
            if batch and consumer.lane is Lane.URGENT:
                with RIGHT_OF_WAY.taken():
                    await _handle(batch, consumer, stop)
            elif batch:
                await RIGHT_OF_WAY.pause()
                await _handle(batch, consumer, stop)
    finally:
        await cancel(stopping)


async def _next_batch(
    arrived: asyncio.Queue[Delivery], most: int, stopping: asyncio.Task[bool]
) -> list[Delivery]:
    """Wait for one delivery, then add those already here: at low load nothing waits."""
    if arrived.empty():
        getting = asyncio.create_task(arrived.get())
        try:
            await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not getting.done():
                return []
            batch = [getting.result()]
        finally:
            await cancel(getting)
    else:
        batch = [arrived.get_nowait()]
    while len(batch) < most and not arrived.empty():
        batch.append(arrived.get_nowait())
    return batch


async def _handle(batch: Sequence[Delivery], consumer: Consumer, stop: asyncio.Event) -> bool:
    """Handle and settle a batch. False when `stop` came first: then what follows must not be acknowledged."""
    if len(batch) > 1 and any(delivery.count >= ALONE_FROM for delivery in batch):
        return await _one_by_one(batch, consumer, stop)
    incoming = [delivery.message for delivery in batch]
    try:
        done = await _until_available(consumer, partial(consumer.handle, incoming), stop)
    except Exception as exc:  # noqa: BLE001 - whatever the error, the delivery must be settled
        if len(batch) > 1:
            log.warning("worker.batch_failed", queue=consumer.queue, error=type(exc).__name__)
            return await _one_by_one(batch, consumer, stop)
        await _failed(batch[0], consumer, exc, stop)
        return True
    if done:
        # With one batch at a time all before its last is settled as well; with several, only these are.
        # One by one, nothing is acknowledged but what was handled.
        multiple = consumer.at_once == 1 and len(batch) > 1
        for delivery in batch[-1:] if multiple else batch:
            await delivery.ack(multiple=multiple)
    return done


async def _one_by_one(batch: Sequence[Delivery], consumer: Consumer, stop: asyncio.Event) -> bool:
    """Stop at the first that was not handled: the order of what comes back stays."""
    for delivery in batch:
        if not await _handle([delivery], consumer, stop):
            return False
    return True


async def _until_available(
    consumer: Consumer, work: Callable[[], Awaitable[None]], stop: asyncio.Event
) -> bool:
    """Do the work; retry while a server is unavailable. False when `stop` came first."""
    failures = 0
    while True:
        try:
            await (work() if consumer.in_progress is None else consumer.in_progress.run(work))
        except Unavailable as exc:
            reraise_if_cancelled()
            if stop.is_set():
                return False
            failures += 1
            log.warning("worker.waiting", queue=consumer.queue, error=str(exc), failures=failures)
            await rest(pause(failures), stop)
        else:
            return True


async def _failed(delivery: Delivery, consumer: Consumer, exc: Exception, stop: asyncio.Event) -> None:
    """Requeue a delivery that failed alone; make it a dead letter when it has come too often."""
    log.error("worker.delivery_failed", queue=consumer.queue, deliveries=delivery.count + 1, exc_info=exc)
    if delivery.count >= BURY_FROM and await _buried(delivery, consumer, exc, stop):
        await delivery.ack()
        return
    await asyncio.sleep(min(pause(delivery.count + 1), LONGEST_HOLD))
    await delivery.requeue()


async def _buried(delivery: Delivery, consumer: Consumer, exc: Exception, stop: asyncio.Event) -> bool:
    """Store a dead letter; if even that fails, the worker must go on for the other deliveries."""
    try:
        return await _until_available(consumer, partial(consumer.bury, delivery.message, exc), stop)
    except Exception as failure:
        log.exception("worker.not_buried", queue=consumer.queue, error=type(failure).__name__)
        return False
