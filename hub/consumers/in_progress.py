"""
Batches that a lost connection must not cut: a provider has their messages, and will answer.

Such a batch goes on without the worker that began it. Nothing acknowledges its delivery, whose channel is
gone: the broker gives it to the next connection, which finds the messages claimed and does nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub.errors import Unavailable

log = structlog.get_logger()


class InProgress:
    """Those of one queue, of all connections: `most` at once, so that a broker that flaps piles up none."""

    def __init__(self, queue: str, *, most: int) -> None:
        self._queue = queue
        self._room = asyncio.Semaphore(most)
        self._tasks: set[asyncio.Future[None]] = set()

    @property
    def tasks(self) -> frozenset[asyncio.Future[None]]:
        return frozenset(self._tasks)

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work as soon as there is room. If the caller is cancelled, the work goes on."""
        await self._room.acquire()
        task = asyncio.ensure_future(work())
        self._tasks.add(task)
        task.add_done_callback(self._leave)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._report)
            raise

    def _leave(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        self._room.release()

    def _report(self, task: asyncio.Future[None]) -> None:
        """Log the failure of a task that nobody waits for: the audit completes it."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Unavailable):
            log.warning("worker.left_undone", queue=self._queue, error=str(error))
        elif error is not None:
            log.error("worker.left_undone", queue=self._queue, exc_info=error)
