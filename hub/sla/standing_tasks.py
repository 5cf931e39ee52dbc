"""
Standing tasks by the calendar: their periods, the days of reminders, and the reminders. Pure.

A reminder is made as of one instant of the day, which the policy names. Made again after a restart, or by
another process, it has the same id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from hub.business_time.dates import day_start
from hub.model import Event, Json, own_event
from hub.model.ids import uuid8
from hub.model.standing_tasks import DONE, DUE, StandingTask, TaskState
from hub.policy import Policy
from hub.sla.daily_digest import due_daily

SHOWN: Final = 20
"""Copropiedades that a reminder names for one task; it counts the others."""


def reminded_at(policy: Policy, now: datetime) -> datetime | None:
    """Return the instant as of which today's reminders are made; None while they are not due."""
    return due_daily(policy.tasks.at, policy.calendar, now)


def period_of(task: StandingTask, today: date) -> date:
    """Return when the month, half-year or year of a day began."""
    first = (today.month - 1) // task.every.months * task.every.months + 1
    return date(today.year, first, 1)


def period_before(task: StandingTask, since: date) -> date:
    """Return when the period before this one began."""
    months = since.year * 12 + since.month - 1 - task.every.months
    return date(months // 12, months % 12 + 1, 1)


def due_on(task: StandingTask, since: date, policy: Policy) -> date | None:
    """Return the day by which the task of a period is to be done; None where nobody is reminded."""
    term = policy.tasks.due.get(task.name)
    if term is None:
        return None
    # A term of law begins after the day of receipt: here that is the last day of the period before.
    before = day_start(since) - datetime.resolution
    return policy.calendar.day_of(policy.calendar.legal_due(before, term.count) - datetime.resolution)


def is_reminded(task: StandingTask, today: date, policy: Policy) -> bool:
    """Return whether today is a day of a reminder: before the task's day, that day, or later."""
    term = policy.tasks.due.get(task.name)
    if term is None or not policy.calendar.is_business_day(today):
        return False
    before = day_start(period_of(task, today)) - datetime.resolution
    past = policy.calendar.business_days(before, today) - term.count
    warn, again = policy.tasks.warn, policy.tasks.again
    if past < 0:
        return warn is not None and past == -warn.count
    return past == 0 or (again is not None and past % again.count == 0)


def reminders(states: Iterable[TaskState], *, at: datetime) -> list[Event]:
    """Make one event for each owner of tasks that are not done."""
    by_owner: defaultdict[tuple[str, str], list[TaskState]] = defaultdict(list)
    for state in states:
        if not state.done:
            by_owner[state.task.owner, state.task.area or ""].append(state)
    return [_reminder(owner, area, theirs, at=at) for (owner, area), theirs in sorted(by_owner.items())]


def _reminder(owner: str, area: str, states: list[TaskState], *, at: datetime) -> Event:
    name = str(uuid8(at, DUE, owner, area))
    today = at.date()
    data: dict[str, Json] = {
        "reminder_id": name,
        "day": today.isoformat(),
        "owner": owner,
        "tasks": [_facts(state, today) for state in states],
        **({"service_area": area} if area else {}),
    }
    return own_event(DUE, name, data, time=at)


def _facts(state: TaskState, today: date) -> dict[str, Json]:
    last = state.last_done
    return {
        "task": state.task.name,
        "due_on": str(state.due_on),
        "overdue": state.is_overdue(today),
        "buildings": [place.name for place in state.lacking[:SHOWN]],
        "more": max(0, len(state.lacking) - SHOWN),
        **({} if last is None else {"last_done_at": last.isoformat()}),
    }


def done_event(
    task: StandingTask, since: date, *, by: str, note: str, place: str | None, now: datetime
) -> Event:
    """Make the event of a person who says that the task of a period is done; a repeat is the same event."""
    case = f"{task.name}:{since}"
    data: dict[str, Json] = {"task_id": case, "task": task.name, "since": since.isoformat(), "by": by}
    data |= {"note": note} if note else {}
    data |= {"copropiedad_id": place} if place else {}
    return own_event(DONE, f"{case}:{place or ''}", data, time=now)
