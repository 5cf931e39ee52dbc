"""Small verbs for asyncio tasks, where asyncio itself bites."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from datetime import timedelta
from typing import Any, Final

AGAIN: Final = 1.0
"""Seconds until a task that has not heard its cancellation is told again."""


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    """
    Cancel and wait until they are over, whatever they raise.

    Told again every second: a library may turn a cancellation into an error of its own, which the
    task then handles as one.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN)
    # Looking at each result keeps asyncio from reporting an error that nobody has asked for.
    await asyncio.gather(*tasks, return_exceptions=True)


async def together(coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all until the last is done; the first that fails cancels the rest, and its error is raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        await cancel(*tasks)


async def finished(work: Awaitable[None], patience: timedelta) -> None:
    """Do the work; when cancelled meanwhile, let it come to its end first, for as long as `patience`."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working}, timeout=patience.total_seconds())
        await cancel(working)
        raise


def heed_cancellation() -> None:
    """
    Raise CancelledError when this task was cancelled and something swallowed it.

    For loops that go on after an error: aiormq answers a cancelled call with `TimeoutError` or
    `ChannelInvalidStateError` at times, and the loop would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
