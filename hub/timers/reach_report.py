"""Weekly notice of the units that cannot be reached: one event a week."""

from __future__ import annotations

from datetime import datetime

import structlog

from hub.sla import reach_report
from hub.timers.deps import Timers
from hub.timers.work import TimedWork, once_for

log = structlog.get_logger()


def reach_reports() -> TimedWork:
    """Publish this week's notice when it is due."""
    return once_for(lambda timers: reach_report.reported_at(timers.policy, timers.now()), publish_report)


async def publish_report(timers: Timers, at: datetime) -> None:
    event = reach_report.report(await timers.reach.by_place(), at=at)
    if event is not None:
        await timers.publisher.event(event)
        log.info("reach.reported", units=event.data["total"], reachable=event.data["reachable"])
