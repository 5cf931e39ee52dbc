"""Months in memory: those that exist, their holds, and the forgotten ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from hub.model.months import EPOCH, Range, StoredMonth, months_after
from hub.testing.faults import Faults

_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class MemoryMonths:
    """`hub.ports.MonthStore`, without the rows. `held` are the months, by name, that something holds."""

    def __init__(self, months: Iterable[datetime] = (), held: Mapping[str, int] | None = None) -> None:
        self.faults = Faults()
        self.held = held or {}
        self.forgotten: list[Range] = []
        self._months = set(months)

    async def months(self) -> Sequence[StoredMonth]:
        self.faults.meet("months")
        months = [_stored(month) for month in sorted(self._months)]
        return [*months, StoredMonth(name="default", since=EPOCH, until=_NEVER, is_rest=True)]

    async def make(self, month: datetime) -> None:
        self.faults.meet("make")
        self._months.add(month)

    async def holding(self, month: StoredMonth) -> Mapping[str, int]:
        return {"messages": self.held[month.name]} if month.name in self.held else {}

    async def drop(self, month: StoredMonth) -> Mapping[str, int]:
        self.faults.meet("drop")
        held = await self.holding(month)
        if not held:
            self._months.remove(month.since)
        return held

    async def forget(self, gap: Range, limit: int) -> int:
        """Have something to delete the first time."""
        is_new = gap not in self.forgotten
        self.forgotten.append(gap)
        return limit if is_new else 0

    async def forget_cases(self, after: str, limit: int) -> str | None:
        """Have two pages of cases."""
        self.forgotten_cases = f"{after}{limit}"
        return "b" if after < "b" else None


def _stored(month: datetime) -> StoredMonth:
    return StoredMonth(name=month.strftime("%Y_%m"), since=month, until=months_after(month, 1))
