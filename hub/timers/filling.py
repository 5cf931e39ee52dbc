"""Filling of Redis with the appointments and boards that SQL knows, and comparison. SQL is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from hub.errors import AppointmentsUnavailable
from hub.model import Clock, ClockState
from hub.tasks import run_all
from hub.timers.deps import Timers

AT_ONCE: Final = 500
ABREAST: Final = 2
"""Pages in work at once while Redis is filled: Redis works on one while the next is prepared."""
PACE: Final = 0.2
"""Seconds between the pages of a comparison: a million clocks are 2,000 of them."""
BOARDS: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
SHOWN: Final = 5000
"""Clocks of a board to compare, soonest due first: a clock that should have left the board is old."""

_Row = TypeVar("_Row", bound=tuple[Any, ...])
_AfterPage = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Pages(Generic[_Row]):
    """Rows in the order of their ids, which come first in each; several readers may share the pages."""

    read: Callable[[UUID | None, int], Awaitable[Sequence[_Row]]]
    after: UUID | None = None
    count: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self) -> Sequence[_Row]:
        async with self.lock:
            page = await self.read(self.after, AT_ONCE)
            if page:
                self.after, self.count = page[-1][0], self.count + len(page)
            return page


async def fill(timers: Timers) -> tuple[int, int]:
    """
    Fill an empty Redis; return how many messages and clocks there are.

    Only one process fills it, under a reservation that each page extends. After a death another process
    starts anew. A flush in between also loses the reservation: what was written before it is missing.
    """

    async def go_on() -> None:
        if not await timers.appointments.continue_filling():
            raise AppointmentsUnavailable("Redis was emptied while it was filled")

    counts = await _copy(timers, go_on, ABREAST)
    await timers.appointments.begin_epoch()
    return counts


async def compare(timers: Timers) -> bool:
    """
    Bring Redis back in line with SQL, slowly.

    Nothing waits for Redis. A clock that started while Redis did not answer is on no board, and one that
    ended then is still on its board; the epoch key does not show either.
    """
    if not await timers.appointments.intact():
        return False  # poll_sql fills it
    await _copy(timers, _pause, 1)
    for board in BOARDS:
        shown = [clock_id for clock_id, _ in await timers.appointments.board(board, SHOWN)]
        for start in range(0, len(shown), AT_ONCE):
            await _remove_ended(await timers.store.clocks_by_id(shown[start : start + AT_ONCE]), timers)
            await _pause()
    return False


async def _copy(timers: Timers, after_page: _AfterPage, abreast: int) -> tuple[int, int]:
    """Write all appointments and boards from SQL to Redis; return how many messages and clocks there are."""
    messages, clocks = _Pages(timers.store.waiting_appointments), _Pages(timers.store.live_clocks)
    await _write(messages, timers.appointments.arm_messages, after_page, abreast)
    await _write(clocks, timers.appointments.restore_clocks, after_page, abreast)
    return messages.count, clocks.count


async def _write(
    pages: _Pages[_Row],
    write: Callable[[Sequence[_Row]], Awaitable[None]],
    after_page: _AfterPage,
    abreast: int,
) -> None:
    async def work() -> None:
        while page := await pages.next():
            await write(page)
            await after_page()

    await run_all(work() for _ in range(abreast))


async def _pause() -> None:
    """Let what is due go first."""
    await asyncio.sleep(PACE)


async def _remove_ended(clocks: Sequence[Clock], timers: Timers) -> None:
    """Remove ended clocks from their boards."""
    await timers.appointments.track_clocks([clock for clock in clocks if clock.ended_at is not None])
