"""Small verbs for asyncio tasks, where asyncio itself bites."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Collection, Coroutine, Iterable
from datetime import timedelta
from typing import Any, Final

AGAIN: Final = 1.0
"""Seconds until a task that has not heard its cancellation is told again."""


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    """
    Cancel and wait until they are over, whatever they raise.

    Told again every second: a library may turn a cancellation into an error of its own, which the
    task then handles as one. Whoever waits here is told again as well, by its own canceller; it
    waits on, or what it has begun would be left running alone.
    """
    pending = {task for task in tasks if not task.done()}
    told = False
    while pending:
        for task in pending:
            task.cancel()
        told |= not await _waited(pending, AGAIN)
        pending = {task for task in pending if not task.done()}
    for task in tasks:
        # Looking at each result keeps asyncio from reporting an error that nobody has asked for.
        _ = task.cancelled() or task.exception()
    if told:
        raise asyncio.CancelledError


async def run_all(coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all until the last is done; the first that fails cancels the rest, and its error is raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        await cancel(*tasks)


async def shield_with_grace(work: Awaitable[None], patience: timedelta) -> None:
    """Do the work; when cancelled meanwhile, let it come to its end first, for as long as `patience`."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await wait_then_cancel(working, patience)
        raise


async def wait_then_cancel(task: asyncio.Future[Any], patience: timedelta) -> None:
    """
    Wait for the end of a task, for as long as `patience`, then cancel it.

    For who has been cancelled already and is told so every second.
    """
    until = time.monotonic() + patience.total_seconds()
    while not task.done() and (left := until - time.monotonic()) > 0:
        await _waited({task}, left)
    await cancel(task)


async def _waited(tasks: Collection[asyncio.Future[Any]], seconds: float) -> bool:
    """Wait for the tasks, at most that long; false when cut short by a cancellation of this task."""
    try:
        await asyncio.wait(tasks, timeout=seconds)
    except asyncio.CancelledError:
        return False
    return True


def reraise_if_cancelled() -> None:
    """
    Raise CancelledError when this task was cancelled and something swallowed it.

    For loops that go on after an error: aiormq answers a cancelled call with `TimeoutError` or
    `ChannelInvalidStateError` at times, and the loop would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
