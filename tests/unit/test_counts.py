"""How long the counts of the log are kept."""

from __future__ import annotations

import asyncio
from typing import cast

from hub.ports import LogStore
from hub.web.monitoring.counts import Counted


class SlowLog:
    """A log whose counting takes so many seconds."""

    def __init__(self, takes: float) -> None:
        self.asked = 0
        self._takes = takes

    async def counts(self, _: object = None) -> dict[str, dict[str, int]]:
        self.asked += 1
        await asyncio.sleep(self._takes)
        return {"messages": {"sent": self.asked}}


async def test_counts_that_are_quick_are_fresh_after_a_moment() -> None:
    log = SlowLog(0)
    counted = Counted(cast(LogStore, log), fresh=0.05)
    first = [await counted.get() for _ in range(3)]
    await asyncio.sleep(0.06)

    assert first == [{"messages": {"sent": 1}}] * 3
    assert await counted.get() == {"messages": {"sent": 2}}


async def test_counts_that_take_long_are_kept_twenty_times_as_long() -> None:
    log = SlowLog(0.1)
    counted = Counted(cast(LogStore, log), fresh=0.05)
    await counted.get()
    await asyncio.sleep(0.2)
    await counted.get()

    assert log.asked == 1
