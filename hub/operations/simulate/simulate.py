"""
Rehearsal: what another policy would have made of what has happened. Nothing is sent, nothing written.

Both sides fold the same stored events, each by its own policy. That is not what a running hub does to
clocks that run: it keeps what was promised to them at their start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from hub.model import EventType, Json
from hub.model.promises import Period
from hub.operations.simulate.comparison import TELLING, Change, Comparison
from hub.operations.simulate.sides import Counts, Side
from hub.ports import History

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many days of the period are done, and of how many."""


async def add_cases(
    comparison: Comparison, history: History, catalog: Mapping[str, EventType], tell: Progress
) -> None:
    """Compare all cases that have moved in the period, or whose clocks run."""
    types = {kind.type for kind in catalog.values() if kind.clocks}
    async for page in history.cases(comparison.period.since, types):
        for case, events in page.events.items():
            comparison.add_case(case, events)
        _tell(tell, page.reached, comparison.period)
    _tell(tell, comparison.period.until, comparison.period)


async def add_contacts(comparison: Comparison, history: History, tell: Progress) -> None:
    """Compare when the messages of the period's events would have gone, but for those of clocks."""
    async for page in history.contacts(comparison.period, without=TELLING):
        comparison.add_contacts(page)
        _tell(tell, page[-1].created_at, comparison.period)
    _tell(tell, comparison.period.until, comparison.period)


def _tell(tell: Progress, reached: datetime, period: Period) -> None:
    whole = max(1, (period.until - period.since) // _DAY)
    tell(min(whole, max(0, (reached - period.since) // _DAY)), whole)


_DAY = timedelta(days=1)


def shown(comparison: Comparison) -> dict[str, Json]:
    """Make what `hub rehearse --json` prints: both sides and what differs, in ids and numbers."""
    return {
        "since": comparison.period.since,
        "until": comparison.period.until,
        "cases": comparison.cases,
        "clocks": comparison.clocks,
        "messages": comparison.messages,
        "same": comparison.same,
        "moved": comparison.moved,
        "changed_cases": comparison.changed,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "changes": [_change(change) for change in comparison.changes],
    }


def _side(side: Side) -> dict[str, Json]:
    return {
        "promises": [{"name": name, **_counts(each)} for name, each in sorted(side.promises.items())],
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
        "escalated": {str(level): number for level, number in sorted(counts.climbed.items())},
        "reminded": counts.reminded,
        "night": counts.night,
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "case": change.case,
        "name": change.promise,
        "before": change.before,
        "after": change.after,
        "due_before": change.due_before,
        "due_after": change.due_after,
    }
