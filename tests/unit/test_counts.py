"""Life of the remembered counts of the log."""

from __future__ import annotations

import asyncio
from typing import cast

from hub.storage import PostgresLog
from hub.web.monitoring.remembered import FRESH, SHARE, Counted, Remembered


class SlowLog:
    """A log whose counting takes so many seconds of its own clock."""

    def __init__(self, takes: float = 0) -> None:
        self.asked = 0
        self.now = 0.0
        self._takes = takes

    def clock(self) -> float:
        return self.now

    async def counts(self, _: object = None) -> dict[str, dict[str, int]]:
        self.asked += 1
        self.now += self._takes
        return {"messages": {"sent": self.asked}}


def counted(log: SlowLog) -> Counted:
    return Counted(cast(PostgresLog, log), log.clock)


async def test_counts_that_are_quick_are_fresh_after_a_moment() -> None:
    log = SlowLog()
    counts = counted(log)
    first = [await counts.get() for _ in range(3)]
    log.now += FRESH

    assert first == [{"messages": {"sent": 1}}] * 3
    assert await counts.get() == {"messages": {"sent": 2}}


async def test_counts_that_take_long_are_kept_twenty_times_as_long() -> None:
    log = SlowLog(takes=1)
    counts = counted(log)
    await counts.get()
    log.now += SHARE - 1
    await counts.get()

    assert log.asked == 1
    log.now += 1
    await counts.get()
    assert log.asked == 2


async def test_slow_count_of_one_building_holds_up_no_other() -> None:
    known: Remembered[str, str] = Remembered()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        begun.set()
        await ended.wait()
        return "slow"

    async def quick() -> str:
        return "quick"

    waiting = [asyncio.create_task(known.get("ph-1", slow)) for _ in range(2)]
    await begun.wait()

    assert await asyncio.wait_for(known.get("ph-2", quick), 5) == "quick"
    ended.set()
    assert await asyncio.gather(*waiting) == ["slow", "slow"]
