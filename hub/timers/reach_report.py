"""Publish the weekly notice of the units that cannot be reached: one event a week."""

from __future__ import annotations

from datetime import datetime

import structlog

from hub.sla import reach_report
from hub.timers.deps import Timers

log = structlog.get_logger()


class ReachReport:
    """Remembers the last week of which this process has published the notice; a repeat has the same id."""

    def __init__(self) -> None:
        self._done: datetime | None = None

    async def publish_report(self, timers: Timers) -> bool:
        """Publish this week's notice if it is due and this process has not; false: there is no more to do."""
        at = reach_report.reported_at(timers.policy, timers.now())
        if at is not None and at != self._done:
            event = reach_report.report(await timers.reach.by_place(), at=at)
            if event is not None:
                await timers.publisher.event(event)
                log.info("reach.reported", units=event.data["total"], reachable=event.data["reachable"])
            self._done = at
        return False
