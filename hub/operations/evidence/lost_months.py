"""Months that are missing although the retention still keeps them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.model.months import EPOCH, Range, StoredMonth, gaps, month_of
from hub.operations.evidence.flaws import Flaw, Mismatch

_LAST: Final = 253_402_300_799_999
"""Milliseconds up to the end of the year 9999: an id that somebody has made up may name a later instant."""
_TO_DO: Final = "La auditoría dice con qué usuario de la base se borró un mes (months.drop)"


def month_in(message_id: UUID) -> datetime:
    """Return the month with whose rows a message is stored."""
    return month_of(EPOCH + timedelta(milliseconds=min(message_id.int >> 80, _LAST)))


def lost_months(
    stored: Sequence[StoredMonth], absent: Counter[datetime], kept_from: datetime, within: Range
) -> Iterator[Mismatch]:
    """
    Yield a mismatch for each missing month of a period that is not before `kept_from`.

    `absent` counts by month the sealed rows that no stored month could have. A gap between stored months is
    one, too, without a sealed row.
    """
    for month, rows in sorted(absent.items()):
        yield _lost(f"{month:%Y-%m}, con {rows} intentos sellados")
    first, last = max(kept_from, within[0]), within[1]
    for since, until in gaps(stored, last):
        begins = max(since, first)
        if begins < until and not any(begins <= month < until for month in absent):
            yield _lost(f"entre {begins:%Y-%m-%d} y {until:%Y-%m-%d}, sin intentos sellados")


def _lost(what: str) -> Mismatch:
    return Mismatch(flaw=Flaw.MISSING_MONTH, detail=f": {what}. {_TO_DO}.")
