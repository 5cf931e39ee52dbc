"""Cancelling tasks while being cancelled repeatedly."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from hub.tasks import AGAIN, cancel, run_all, shield_with_grace, wait_then_cancel

LONGER_THAN_ONE_WORD = AGAIN * 1.5
"""Seconds: a canceller has repeated the cancellation by then."""
PATIENCE = timedelta(seconds=20)


class Work:
    """Slow work that records whether it finished."""

    def __init__(self, seconds: float = LONGER_THAN_ONE_WORD) -> None:
        self.begun = asyncio.Event()
        self.is_done = False
        self._seconds = seconds

    async def do(self) -> None:
        self.begun.set()
        await asyncio.sleep(self._seconds)
        self.is_done = True


def left_running() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_shielded_work_ends_despite_repeated_cancellation() -> None:
    work = Work()
    working = asyncio.create_task(shield_with_grace(work.do(), lambda: PATIENCE))
    await work.begun.wait()
    await cancel(working)

    assert (work.is_done, working.cancelled()) == (True, True)


async def test_shielded_work_is_cancelled_after_the_grace() -> None:
    work = Work(seconds=60)
    working = asyncio.create_task(shield_with_grace(work.do(), lambda: timedelta(seconds=0.05)))
    await work.begun.wait()
    await asyncio.wait_for(cancel(working), 5)

    assert (work.is_done, left_running()) == (False, set())


async def test_cancelled_canceller_leaves_nothing_running() -> None:
    work = Work()
    inner = run_all([shield_with_grace(work.do(), lambda: PATIENCE)])
    outer = asyncio.create_task(run_all([inner]))
    await work.begun.wait()
    await cancel(outer)

    assert (work.is_done, left_running()) == (True, set())


async def test_cancelled_canceller_raises_cancelled_error() -> None:
    stubborn = asyncio.create_task(shield_with_grace(Work(seconds=0.2).do(), lambda: PATIENCE))
    await asyncio.sleep(0)
    cancelling = asyncio.create_task(cancel(stubborn))
    await asyncio.sleep(0)
    cancelling.cancel()

    with pytest.raises(asyncio.CancelledError):
        await cancelling
    assert stubborn.done()


async def test_a_task_that_was_outlived_is_cancelled() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    await wait_then_cancel(task, timedelta(seconds=0.01))

    assert task.cancelled()


async def test_errors_of_cancelled_tasks_are_ignored() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    failing = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await cancel(failing, asyncio.create_task(asyncio.sleep(60)))

    assert left_running() == set()
