"""A register of excluded numbers in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from hub.contact_rules.consents import CHANNELS
from hub.model.exclusions import ExcludedAddress, ExclusionCheck
from hub.testing.faults import Faults


class MemoryExclusions:
    """
    `hub.ports.ExclusionRegistry`, and the loader of its list; `asked` has each look-up.

    Without a date there is no list.
    """

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

    async def replace(self, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
        given = list(entries)
        self.excluded = {
            (entry.address, channel) for entry in given for channel in entry.channels or CHANNELS
        }
        self.list_date = list_date
        return len(given)
