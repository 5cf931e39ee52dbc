"""Reminders of standing tasks: one event for each owner, on the working days on which one is due."""

from __future__ import annotations

from datetime import datetime

import structlog

from hub.business_time.dates import as_day
from hub.catalog.standing_tasks import STANDING_TASKS
from hub.operations.standing_tasks import states_of
from hub.sla.standing_tasks import is_reminded, reminded_at, reminders
from hub.timers.deps import Timers
from hub.timers.work import TimedWork, once_for

log = structlog.get_logger()


def task_reminders() -> TimedWork:
    """Publish today's reminders when they are due."""
    return once_for(lambda timers: reminded_at(timers.policy, timers.now()), publish_reminders)


async def publish_reminders(timers: Timers, at: datetime) -> None:
    """Remind of what is not done. On most days no task has its day, and nothing is read."""
    today, policy = as_day(at), timers.policy
    named = [task for task in STANDING_TASKS if is_reminded(task, today, policy)]
    states = await states_of(named, store=timers.tasks, policy=policy, today=today)
    for event in reminders([state for state in states if state.known], at=at):
        await timers.publisher.event(event)
        log.info("tasks.reminded", owner=event.data["owner"], tasks=len(event.data["tasks"]))
