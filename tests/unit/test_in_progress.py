"""Batches that go on when the worker that began them is cancelled."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.consumers.in_progress import InProgress
from hub.errors import BrokerUnavailable
from hub.tasks import cancel


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
