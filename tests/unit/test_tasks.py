"""Cancelling tasks while being cancelled repeatedly."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from hub.tasks import AGAIN, cancel, run_all, wait_then_cancel

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


async def let_end(work: Coroutine[Any, Any, None], patience: timedelta) -> None:
    """Do the work; when cancelled, wait for its end first."""
    working = asyncio.create_task(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await wait_then_cancel(working, patience)
        raise


def left_running() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_shielded_work_ends_despite_repeated_cancellation() -> None:
    work = Work()
    working = asyncio.create_task(let_end(work.do(), PATIENCE))
    await work.begun.wait()
    await cancel(working)

    assert (work.is_done, working.cancelled()) == (True, True)


async def test_shielded_work_is_cancelled_after_the_grace() -> None:
    work = Work(seconds=60)
    working = asyncio.create_task(let_end(work.do(), timedelta(seconds=0.05)))
    await work.begun.wait()
    await asyncio.wait_for(cancel(working), 5)

    assert (work.is_done, left_running()) == (False, set())


async def test_cancelled_canceller_leaves_nothing_running() -> None:
    work = Work()
    inner = run_all([let_end(work.do(), PATIENCE)])
    outer = asyncio.create_task(run_all([inner]))
    await work.begun.wait()
    await cancel(outer)

    assert (work.is_done, left_running()) == (True, set())


async def test_cancelled_canceller_raises_cancelled_error() -> None:
    stubborn = asyncio.create_task(let_end(Work(seconds=0.2).do(), PATIENCE))
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
