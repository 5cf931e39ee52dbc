"""The work of a role, which ends after an event is set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from hub.app.container import Container
from hub.tasks import cancel

Work = Coroutine[Any, Any, None]
Role = Callable[[Container, asyncio.Event, AsyncExitStack], Awaitable[Work]]
"""Prepares a role; its resources go on the stack. The work ends after the event is set."""


async def until_set(stop: asyncio.Event) -> None:
    await stop.wait()


async def once(ready: asyncio.Event, begin: Callable[[], Work], stop: asyncio.Event) -> None:
    """Begin the work when `ready` is set, unless `stop` is set first."""
    await until(stop, partial(until_set, ready))
    if not stop.is_set():
        await begin()


async def until(stop: asyncio.Event, begin: Callable[[], Work]) -> None:
    """Do the work until `stop`. Only for work that may be cancelled at any point."""
    working = asyncio.create_task(begin())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        await cancel(working, stopping)
