"""One transaction or statement at a time, over tables that a failed one leaves as they were."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.ports import Now
from hub.testing.faults import Faults
from hub.testing.tables import Tables


class Statements:
    """What the parts of the memory store have in common. `faults` knows their methods by name."""

    def __init__(self, now: Now) -> None:
        self.tables = Tables()
        self.faults = Faults()
        self._now = now
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def _statement(self, name: str) -> AsyncIterator[Tables]:
        self.faults.meet(name)
        async with self._lock:
            yield self.tables
