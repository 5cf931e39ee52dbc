"""
Daily digest of promises at risk or overdue, for those who answer for them, once a working day. Pure.

It is made as of one instant of the day, which the policy names. Made again after a restart it has the same
people and the same ids, so that nobody gets a second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from hub.business_time import WorkCalendar
from hub.model import (
    FIRST_LEVEL,
    NOBODY,
    TOP_LEVEL,
    Clock,
    Event,
    Json,
    Person,
    Step,
    StepKind,
    WatchedClock,
    own_event,
)
from hub.model.ids import uuid8
from hub.people.audience import Group, level_groups
from hub.policy import Policy
from hub.policy.values import Daily
from hub.sla.events import PERSON_NAME, PERSON_REF, matter_of, subject_of

DIGEST: Final = "sla.digest"
COORDINATOR: Final = "coordinator"
SHOWN: Final = 30
"""Promises that one digest names; it counts the others."""
_TROUBLE: Final = frozenset({StepKind.AT_RISK, StepKind.BREACH})


def digest_at(policy: Policy, now: datetime) -> datetime | None:
    """
    Return the instant as of which today's digest is made; None while it is not due.

    It is due on a day and at an hour at which the company works, from the hour that the policy names on.
    """
    return due_daily(policy.clocks_digest.at, policy.calendar, now)


def due_daily(hour: Daily, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """Return this hour of today, from then on while the company works; None without an hour."""
    if hour is None or calendar.next_open(now) > now:
        return None
    midnight = now.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + hour.since_midnight
    return at if at <= now else None


def is_in_trouble(clock: Clock, at: datetime) -> bool:
    """
    Return whether the clock runs, and its warning or its breach had come by this instant.

    Also where the timers have not come to it yet, as after an outage.
    """
    if clock.ended_at is not None or clock.promise.silent or clock.course.paused:
        return False
    return any(step.kind in _TROUBLE and step.told != NOBODY for step in _past(clock, at))


def groups_of(watched: WatchedClock, at: datetime) -> tuple[Sequence[Group], Group]:
    """Return the groups of the clock's level and of those above, the nearest first; and its coordination."""
    clock = watched.clock
    reached = max((step.notified_level for step in _past(clock, at)), default=FIRST_LEVEL)
    levels = range(max(reached, FIRST_LEVEL), TOP_LEVEL + 1)
    by_level = level_groups(clock, levels, place=watched.place)
    area = clock.context.get("service_area")
    coordination = Group(duty=COORDINATOR, copropiedad_id=watched.place, service_area=area)
    return list(by_level.values()), coordination


def by_person(
    watched: Iterable[WatchedClock], people: Mapping[Group, Sequence[Person]], at: datetime
) -> Mapping[str, Sequence[WatchedClock]]:
    """
    Return the clocks that each person answers for, soonest due first.

    The nearest level that somebody holds answers for a clock, and so does the coordination of its place and
    area.
    """
    found: defaultdict[str, list[WatchedClock]] = defaultdict(list)
    for one in sorted(watched, key=lambda one: (one.clock.due_at, one.clock.id)):
        levels, coordination = groups_of(one, at)
        held = next((here for group in levels if (here := _present(people, group))), set())
        for ref in sorted(held | _present(people, coordination)):
            found[ref].append(one)
    return found


def digest_event(
    person: str, watched: Sequence[WatchedClock], names: Mapping[str, str], *, at: datetime
) -> Event:
    """Make the digest of one person. Its id is made from the day and the person: there is one of each."""
    name = str(uuid8(at, DIGEST, person))
    overdue = sum(_is_overdue(one.clock, at) for one in watched)
    return own_event(
        DIGEST,
        name,
        {
            "digest_id": name,
            "day": at.date().isoformat(),
            "holder": {"ref": person},
            "overdue": overdue,
            "at_risk": len(watched) - overdue,
            "clocks": [_facts(one, names, at) for one in watched[:SHOWN]],
        },
        time=at,
    )


def _past(clock: Clock, at: datetime) -> list[Step]:
    """Return the steps up to the instant; of a check only done ones, which show that it found something."""
    steps = clock.steps[: clock.fired] if clock.promise.checked else clock.steps
    return [step for step in steps if step.at <= at]


def _present(people: Mapping[Group, Sequence[Person]], group: Group) -> set[str]:
    return {person.ref for person in people.get(group, ()) if person.left_out is None}


def _is_overdue(clock: Clock, at: datetime) -> bool:
    return clock.due_at <= at


def _facts(watched: WatchedClock, names: Mapping[str, str], at: datetime) -> dict[str, Json]:
    clock = watched.clock
    optional = {
        **matter_of(clock),
        PERSON_NAME: names.get(clock.context.get(PERSON_REF, "")) or clock.context.get(PERSON_NAME),
        "building": watched.building,
        "unit": watched.unit,
    }
    return {
        "clock_id": str(clock.id),
        "subject": subject_of(clock),
        "kind": clock.name,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "overdue": _is_overdue(clock, at),
        **{key: value for key, value in optional.items() if value},
    }
