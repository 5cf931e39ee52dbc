"""Conditions of a loop's work: not while everything is paused, or once for each of its instants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps

from hub.timers.deps import Timers

TimedWork = Callable[[Timers], Awaitable[bool]]
"""Work of one loop; true says that there is more to do at once."""


async def wait(_timers: Timers) -> bool:
    """Do nothing."""
    return False


async def stand(timers: Timers) -> bool:
    """While everything is paused: the audit finds no lost work, and no monitor takes it for dead."""
    await timers.heartbeats.beat("timers", {"audit": "ended"})
    return False


def unless_paused(work: TimedWork, instead: TimedWork = wait) -> TimedWork:
    """Return the work, or that which replaces it while everything is paused."""

    @wraps(work)
    async def gated(timers: Timers) -> bool:
        return await (instead if await timers.stands() else work)(timers)

    return gated


def once_for(
    due: Callable[[Timers], datetime | None], publish: Callable[[Timers, datetime], Awaitable[None]]
) -> TimedWork:
    """
    Publish once for each instant that is due: the work remembers the last instant.

    Other processes may do the same, and so does the next one after a crash: a repeat has the same id.
    """
    done: datetime | None = None

    @wraps(publish)
    async def work(timers: Timers) -> bool:
        nonlocal done
        at = due(timers)
        if at is not None and at != done:
            await publish(timers, at)
            done = at
        return False

    return work
