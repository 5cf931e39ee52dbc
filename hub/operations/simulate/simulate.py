"""
Simulation of another policy over the past events. Nothing is sent or written.

Both sides replay the same stored events, each by its own policy. A running hub differs: a clock keeps the
promise of its start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from hub.model import EventType, Json, Period
from hub.operations.simulate.comparison import CLOCK_EVENTS, Comparison
from hub.operations.simulate.sides import Counts, Side
from hub.storage.history import History

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the days of the period done so far and the total."""


async def add_cases(
    comparison: Comparison, history: History, catalog: Mapping[str, EventType], on_progress: Progress
) -> None:
    """Compare all cases with events in the period or with running clocks."""
    types = {kind.type for kind in catalog.values() if kind.clocks}
    async for page in history.cases(comparison.period.since, types):
        for case, events in page.events.items():
            comparison.add_case(case, events)
        _report_progress(on_progress, page.reached, comparison.period)
    _report_progress(on_progress, comparison.period.until, comparison.period)


async def add_contacts(comparison: Comparison, history: History, on_progress: Progress) -> None:
    """Compare the instants at which the period's messages would leave, without those of clocks."""
    async for page in history.contacts(comparison.period, without=CLOCK_EVENTS):
        comparison.add_contacts(page)
        _report_progress(on_progress, page[-1].created_at, comparison.period)
    _report_progress(on_progress, comparison.period.until, comparison.period)


def _report_progress(on_progress: Progress, reached: datetime, period: Period) -> None:
    whole = max(1, (period.until - period.since) // _DAY)
    on_progress(min(whole, max(0, (reached - period.since) // _DAY)), whole)


_DAY = timedelta(days=1)


def shown(comparison: Comparison) -> dict[str, Json]:
    """Make the output of `hub rehearse --json`: both sides and their differences, in ids and numbers."""
    return {
        "since": comparison.period.since,
        "until": comparison.period.until,
        **{name: getattr(comparison, name) for name in ("cases", "clocks", "messages", "same", "moved")},
        "changed_cases": comparison.changed,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "changes": comparison.changes,
    }


def _side(side: Side) -> dict[str, Json]:
    return {
        "promises": [{"name": name, **_counts(counts)} for name, counts in sorted(side.promises.items())],
        "total": _counts(side.total),
        "night": {str(purpose): number for purpose, number in sorted(side.night.items())},
    }


def _counts(counts: Counts) -> dict[str, Json]:
    share = counts.share_kept
    return {
        "met": counts.kept,
        "breached": counts.broken,
        "share_met": None if share is None else round(share, 4),
        "at_risk": counts.warned,
        "escalated": {str(level): number for level, number in sorted(counts.escalations.items())},
        "reminded": counts.reminded,
        "night": counts.night,
    }
