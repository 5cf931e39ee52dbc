"""
Work that a store hands out when it is due, several pieces at a time, each in a task of its own.

A piece is claimed for a while: if it fails here, or its process dies, it is handed out again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

import structlog

from hub.errors import Unavailable
from hub.tasks import cancel, reraise_if_cancelled

LOOK: Final = 0.5
"""Seconds between looks for what is due; where a piece is done, the next look is at once."""
_JITTER: Final = 0.2

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork(Generic[T]):
    """
    One kind of work.

    `waiting` and `broken` are its events in the log, for a server that is away and for a fault. `due` gets
    the pieces in work and claims those that may begin beside them, `do` works on one, `about` tells the log
    which it is.
    """

    waiting: str
    broken: str
    due: Callable[[Sequence[T]], Awaitable[Sequence[T]]]
    do: Callable[[T], Awaitable[None]]
    about: Callable[[T], Mapping[str, str]]

    async def run(self) -> None:
        """Work until cancelled. While a server is away, wait for it."""
        working: dict[asyncio.Task[None], T] = {}
        free = asyncio.Event()

        def leave(task: asyncio.Task[None]) -> None:
            del working[task]
            free.set()

        try:
            while True:
                # Before the claim: a place that comes free meanwhile is taken by the next one.
                free.clear()
                for piece in await self._claimed(list(working.values())):
                    task = asyncio.create_task(self._work(piece))
                    working[task] = piece
                    task.add_done_callback(leave)
                with suppress(TimeoutError):
                    await asyncio.wait_for(free.wait(), LOOK)
        finally:
            await cancel(*working)

    async def _claimed(self, working: Sequence[T]) -> Sequence[T]:
        with self._reported():
            return await self.due(working)
        return ()

    async def _work(self, piece: T) -> None:
        with self._reported(**self.about(piece)):
            await self.do(piece)

    @contextmanager
    def _reported(self, **about: str) -> Iterator[None]:
        try:
            yield
        except Unavailable as exc:
            reraise_if_cancelled()
            log.warning(self.waiting, error=str(exc), **about)
        except Exception:
            reraise_if_cancelled()
            log.exception(self.broken, **about)


def pause(pauses: Sequence[timedelta], tries: int) -> timedelta:
    """Return the pause after so many failed tries, a little longer by chance; the last stays."""
    longest = len(pauses) - 1
    return pauses[min(tries, longest)] * (1 + random.uniform(0, _JITTER))  # noqa: S311 - jitter, not a secret
