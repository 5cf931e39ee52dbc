"""Helpers for asyncio tasks, for cases in which asyncio alone is unsafe."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Collection, Coroutine, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

AGAIN: Final = 1.0
"""Seconds until a task that has not ended is cancelled again."""


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    """
    Cancel the tasks and wait until they end, whatever they raise.

    Repeats the cancellation every second: a library may turn it into an error of its own, which the task
    then handles as one. If the caller is cancelled meanwhile, this waits on, so that no task is left
    running alone, and then raises CancelledError.
    """
    pending = {task for task in tasks if not task.done()}
    was_cancelled = False
    while pending:
        for task in pending:
            task.cancel()
        was_cancelled |= not await _waited(pending, AGAIN)
        pending = {task for task in pending if not task.done()}
    for task in tasks:
        # Reading each result prevents asyncio's report of an unretrieved error.
        _ = task.cancelled() or task.exception()
    if was_cancelled:
        raise asyncio.CancelledError


async def run_all(coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all until the last one ends; the first failure cancels the rest and is raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        await cancel(*tasks)


async def wait_then_cancel(task: asyncio.Future[Any], patience: timedelta) -> None:
    """
    Wait for the end of a task for at most `patience`, then cancel it.

    For callers that are cancelled already, and are cancelled again every second.
    """
    until = time.monotonic() + patience.total_seconds()
    while not task.done() and (left := until - time.monotonic()) > 0:
        await _waited({task}, left)
    await cancel(task)


async def until_signalled(work: Coroutine[Any, Any, None], *signals: signal.Signals) -> None:
    """Cancel `work` at the first of these signals; the second one ends the process at once."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def stop() -> None:
        for number in signals:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        task.cancel()

    for number in signals:
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await task


async def _waited(tasks: Collection[asyncio.Future[Any]], seconds: float) -> bool:
    """Wait for the tasks, at most `seconds`; false if this task was cancelled meanwhile."""
    try:
        await asyncio.wait(tasks, timeout=seconds)
    except asyncio.CancelledError:
        return False
    return True


def reraise_if_cancelled() -> None:
    """
    Raise CancelledError if this task was cancelled and a library swallowed it.

    For loops that continue after an error: aiormq sometimes turns a cancellation into `TimeoutError` or
    `ChannelInvalidStateError`, and the loop would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
