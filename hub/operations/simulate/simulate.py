"""
Rehearsal: what another policy would have made of what has happened. Nothing is sent, nothing written.

Both sides fold the same stored events, each by its own policy. That is not what a running hub does to
clocks that run: it keeps what was promised to them at their start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from hub.model import EventType
from hub.model.promises import Period
from hub.operations.simulate.comparison import TELLING, Comparison
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
