"""A register of excluded numbers in memory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from hub.model.exclusions import ExclusionCheck
from hub.testing.faults import Faults


class MemoryExclusions:
    """`hub.ports.ExclusionRegistry`; `asked` has each look-up. Without a date there is no list."""

    def __init__(self, *excluded: tuple[str, str], list_date: date | None = None) -> None:
        self.excluded: Collection[tuple[str, str]] = excluded
        self.list_date = list_date
        self.asked: list[tuple[str, str]] = []
        self.faults = Faults()

    async def check(self, address: str, channel: str, at: datetime) -> ExclusionCheck:
        self.asked.append((address, channel))
        self.faults.meet("check")
        found = (address, channel) in self.excluded
        return ExclusionCheck(checked_at=at, list_date=self.list_date, excluded=found)
