"""A throttle in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from hub.model import Lane
from hub.resilience.rate_limit import Buckets, Rate, SendRecord


class MemoryThrottle:
    """`hub.ports.Throttle`; `clock` returns seconds. `calls` counts the calls."""

    def __init__(self, clock: Callable[[], float], *, urgent_share: float = 0.2) -> None:
        self.calls = 0
        self._buckets = Buckets(clock, urgent_share=urgent_share)

    async def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        self.calls += 1
        return self._buckets.take(key, rate, lane)

    async def admit(self, entries: Sequence[SendRecord]) -> Sequence[timedelta]:
        self.calls += 1
        return self._buckets.admit(entries)
