"""Work that is cancelled: answers of providers are recorded, and batches go on."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from hub.consumers.in_progress import InProgress
from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import Accepted, Outcome, Outgoing, State
from hub.tasks import cancel
from hub.testing import MemoryEmail, MemoryStore
from tests.unit.delivery_harness import DeliveryHarness, hasty, mail, make_harness


class _SlowStore(MemoryStore):
    """Records slowly, until `resume` is set."""

    recording: asyncio.Event
    resume: asyncio.Event

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        self.recording.set()
        await self.resume.wait()
        return await super().record(token, outcomes)


def slow_office() -> tuple[DeliveryHarness, _SlowStore]:
    office = make_harness()
    store = _SlowStore(office.clock)
    store.recording, store.resume = asyncio.Event(), asyncio.Event()
    office.store = store
    return office, store


async def cancelled(work: Coroutine[Any, Any, None], when: asyncio.Event) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    await asyncio.wait_for(when.wait(), 5)
    task.cancel()
    await asyncio.sleep(0)
    return task


async def test_a_worker_cancelled_while_it_records_ends_when_it_has_recorded() -> None:
    office, store = slow_office()
    message = mail()
    await office.holds(message)
    task = await cancelled(office.deliver(message), store.recording)

    assert not task.done()
    store.resume.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert office.states(message) == [State.SENT]


async def test_worker_cancelled_while_sending_records_the_answers() -> None:
    begun = asyncio.Event()

    async def by_person(outgoing: Outgoing) -> Accepted:
        if outgoing.message.person == "p-stuck":
            begun.set()
            await asyncio.Event().wait()
        return Accepted(provider="smtp")

    office = make_harness(MemoryEmail(by_person, by_person))
    done, stuck = mail("p-done"), mail("p-stuck")
    await office.holds(done, stuck)
    task = await cancelled(office.deliver(done, stuck), begun)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    # A send without an answer is unknown: its lease stays, and the next worker sends it again.
    assert office.states(done, stuck) == [State.SENT, State.SENDING]


async def test_worker_cancelled_without_a_database_still_ends() -> None:
    begun = asyncio.Event()

    async def hang(_: Outgoing) -> Accepted:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    office = make_harness(MemoryEmail(Accepted(provider="smtp"), hang))
    office.store.faults.script("record", StorageUnavailable())
    done, stuck = mail("p-done"), mail("p-stuck")
    await office.holds(done, stuck)
    task = await cancelled(office.deliver(done, stuck), begun)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert office.states(done) == [State.SENT]


async def test_a_worker_cancelled_while_the_database_stays_away_ends_with_its_lease(tmp_path: Path) -> None:
    office = make_harness(policy=hasty(tmp_path, provider="100ms", margin="200ms"))
    office.store.faults.always("record", StorageUnavailable())
    message = mail()
    await office.holds(message)
    with capture_logs() as logs:
        delivering = asyncio.create_task(office.deliver(message))
        await asyncio.sleep(0.05)
        delivering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(delivering, 5)

    assert office.states(message) == [State.SENDING]
    assert "delivery.outcomes_lost" in [entry["event"] for entry in logs]


class Slow:
    """Work that ends when it may, with an error or without."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ended = False
        self._error = error

    async def do(self) -> None:
        self.begun.set()
        await self.may_end.wait()
        self.ended = True
        if self._error is not None:
            raise self._error


async def left(progress: InProgress, work: Slow) -> None:
    """Begin the work and cancel the task that waits for it."""
    worker = asyncio.create_task(progress.run(work.do))
    await asyncio.wait_for(work.begun.wait(), 5)
    await cancel(worker)
    assert worker.cancelled()


async def all_ended(progress: InProgress) -> None:
    await asyncio.wait(progress.tasks, timeout=5)
    await asyncio.sleep(0)
    assert frozenset() == progress.tasks


async def test_work_goes_on_when_its_worker_is_cancelled() -> None:
    progress, work = InProgress("q", most=1), Slow()
    await left(progress, work)
    work.may_end.set()
    await all_ended(progress)

    assert work.ended


async def test_no_more_work_begins_than_may_be_in_progress() -> None:
    progress, works = InProgress("q", most=2), [Slow(), Slow()]
    for work in works:
        await left(progress, work)
    third = Slow()
    waiting = asyncio.create_task(progress.run(third.do))
    await asyncio.sleep(0.01)

    assert not third.begun.is_set()
    works[0].may_end.set()
    await asyncio.wait_for(third.begun.wait(), 5)
    works[1].may_end.set()
    third.may_end.set()
    await asyncio.wait_for(waiting, 5)


async def test_whoever_is_cancelled_waiting_for_room_has_begun_nothing() -> None:
    progress, work, other = InProgress("q", most=1), Slow(), Slow()
    await left(progress, work)
    waiting = asyncio.create_task(progress.run(other.do))
    await asyncio.sleep(0.01)
    await cancel(waiting)
    work.may_end.set()
    await all_ended(progress)

    assert not other.begun.is_set()


async def test_an_error_that_somebody_waits_for_is_theirs() -> None:
    progress, work = InProgress("q", most=1), Slow(ZeroDivisionError())
    work.may_end.set()

    with pytest.raises(ZeroDivisionError):
        await progress.run(work.do)


@pytest.mark.parametrize(
    ("error", "level"), [(BrokerUnavailable("away"), "warning"), (ZeroDivisionError(), "error")]
)
async def test_an_error_that_nobody_waits_for_is_logged(error: Exception, level: str) -> None:
    unretrieved: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unretrieved.append(context))
    progress, work = InProgress("q", most=1), Slow(error)
    await left(progress, work)
    with capture_logs() as logs:
        work.may_end.set()
        await all_ended(progress)
        await asyncio.sleep(0)
    del work
    gc.collect()

    assert [("worker.left_undone", level, "q")] == [
        (line["event"], line["log_level"], line["queue"]) for line in logs
    ]
    assert [] == unretrieved
