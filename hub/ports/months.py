"""Events, messages and attempts by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.model.months import Range, StoredMonth


class MonthStore(Protocol):
    async def months(self) -> Sequence[StoredMonth]:
        """Return the months that are stored, the oldest first, the rest without a month last."""

    async def make(self, month: datetime) -> None:
        """
        Make the month, and move its rows that are stored without one; where it exists, do nothing.

        Raises StorageConflict where a long transaction or another process is in the way: try again later.
        """

    async def holding(self, month: StoredMonth) -> Mapping[str, int]:
        """
        Return why a month must stay, with numbers (1,000 at most); nothing if it may be dropped.

        `messages` that are not settled, `letters` not handed over, `events` not planned, `cases` with a
        running clock. A clock that notifies nobody holds none: arrears may last for years. An event that
        waits for a party of its case holds none either.
        """

    async def drop(self, month: StoredMonth) -> Mapping[str, int]:
        """Drop the month unless something holds it, which is returned. Raises StorageConflict, as `make`."""

    async def forget(self, gap: Range, limit: int) -> int:
        """
        Delete up to `limit` rows of each kind about events of a dropped month; return how many.

        A late event of such a month stays a day, and as long as anything holds it.
        """

    async def forget_cases(self, after: str, limit: int) -> str | None:
        """Delete the rows of cases without events, of a page of cases; return the last of the page."""
