"""Stored months of events, and the next step of the retention for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from hub.model.months import StoredMonth, month_of, months_after
from hub.ports import MonthStore


class MonthReport(msgspec.Struct, frozen=True, kw_only=True):
    """
    A month, with numbers of rows as PostgreSQL estimates them.

    `drops_at` is when it is old enough to be dropped; None: it is kept for ever. `held_by` has the reasons
    for which it would stay now, with numbers of at most 1,000; only a month that is old enough has it.
    """

    month: StoredMonth
    drops_at: datetime | None
    held_by: Mapping[str, int]


async def read_months(store: MonthStore, retention: int, now: datetime) -> Sequence[MonthReport]:
    """Report on every month, the oldest first; `retention` is in months, 0 for ever."""
    return [await _report(month, store, retention, now) for month in await store.months()]


async def _report(month: StoredMonth, store: MonthStore, retention: int, now: datetime) -> MonthReport:
    drops_at = months_after(month.until, retention) if retention and not month.is_rest else None
    is_old = drops_at is not None and drops_at <= month_of(now)
    held_by = await store.holding(month) if is_old else {}
    return MonthReport(month=month, drops_at=drops_at, held_by=held_by)
