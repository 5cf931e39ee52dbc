"""Reports when they are due: the daily digest of promises, the notice of reach, reminders of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from hub.business_time.dates import as_day
from hub.catalog.standing_tasks import STANDING_TASKS
from hub.model import WatchedClock
from hub.operations.standing_tasks import states_of
from hub.sla import daily_digest, reach_report
from hub.sla.events import PERSON_REF
from hub.sla.standing_tasks import is_reminded, reminded_at, reminders
from hub.timers.deps import Timers
from hub.timers.work import TimedWork, once_for

PAGE: Final = 500
"""Clocks that one statement reads."""

log = structlog.get_logger()


def daily_digests() -> TimedWork:
    """Publish today's digests when they are due; each person's event has the same id at a repeat."""
    return once_for(lambda timers: daily_digest.digest_at(timers.policy, timers.now()), publish_digests)


async def publish_digests(timers: Timers, at: datetime) -> None:
    watched = await _in_trouble(timers, at)
    if not watched:
        return
    named = [daily_digest.groups_of(one, at) for one in watched]
    groups = {group for levels, coordination in named for group in (*levels, coordination)}
    by_person = daily_digest.by_person(watched, await timers.store.people(groups), at)
    refs = {ref for one in watched if (ref := one.clock.context.get(PERSON_REF))}
    names = await timers.store.names(refs) if refs else {}
    for person, theirs in sorted(by_person.items()):
        await timers.publisher.event(daily_digest.digest_event(person, theirs, names, at=at))
    log.info("clocks.digested", people=len(by_person), clocks=len(watched))


async def _in_trouble(timers: Timers, at: datetime) -> list[WatchedClock]:
    found: list[WatchedClock] = []
    after = None
    while page := await timers.store.watched_clocks(at, after, PAGE):
        found += (one for one in page if daily_digest.is_in_trouble(one.clock, at))
        after = page[-1].clock.id
    return found


def reach_reports() -> TimedWork:
    """Publish this week's notice when it is due."""
    return once_for(lambda timers: reach_report.reported_at(timers.policy, timers.now()), publish_report)


async def publish_report(timers: Timers, at: datetime) -> None:
    event = reach_report.report(await timers.reach.by_place(), at=at)
    if event is not None:
        await timers.publisher.event(event)
        log.info("reach.reported", units=event.data["total"], reachable=event.data["reachable"])


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
