"""The board of promises: what is late, at risk, due today, tomorrow, later. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from hub.business_time.dates import as_day
from hub.model import ClockState
from hub.operations.clocks.schemas import ClockRow

GROUPS: Final = ("breached", "at_risk", "today", "tomorrow", "later", "paused", "ended")
"""In the order of the board."""


def grouped(rows: Iterable[ClockRow], now: datetime) -> Mapping[str, list[ClockRow]]:
    """Return group → its promises, the highest level first, then as they were; without empty groups."""
    found: dict[str, list[ClockRow]] = {name: [] for name in GROUPS}
    for row in rows:
        found[group_of(row, now)].append(row)
    return {name: sorted(rows, key=lambda row: -row.level) for name, rows in found.items() if rows}


def group_of(row: ClockRow, now: datetime) -> str:
    if row.ended_at is not None:
        return "ended"
    if row.state in {ClockState.BREACHED, ClockState.AT_RISK}:
        return row.state.value
    if row.paused:
        return "paused"
    # A term of days ends at 24:00, which is the midnight of the next day.
    ahead = (as_day(row.due_at - timedelta.resolution) - as_day(now)).days
    return "today" if ahead <= 0 else "tomorrow" if ahead == 1 else "later"
