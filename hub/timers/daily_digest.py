"""Daily digest of promises at risk and overdue: one event for each person, once a working day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from hub.model import WatchedClock
from hub.sla import daily_digest
from hub.sla.events import PERSON_REF
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
