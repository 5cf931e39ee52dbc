"""Publish the daily digest of promises at risk and overdue: one event for each person, once a working day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from hub.model import WatchedClock
from hub.sla import daily_digest
from hub.sla.events import PERSON_REF
from hub.timers.deps import Timers

PAGE: Final = 500
"""Clocks that one statement reads."""

log = structlog.get_logger()


class DailyDigest:
    """
    Remembers the last day of which this process has published all digests.

    Others may do the same, and so does the next process after a crash: each person's event has the same id.
    """

    def __init__(self) -> None:
        self._done: datetime | None = None

    async def publish_digests(self, timers: Timers) -> bool:
        """Publish today's digests if they are due and this process has not; false: there is no more to do."""
        at = daily_digest.digest_at(timers.policy, timers.now())
        if at is not None and at != self._done:
            await _publish(timers, at)
            self._done = at
        return False


async def _publish(timers: Timers, at: datetime) -> None:
    watched = await _in_trouble(timers, at)
    if not watched:
        return
    asked = [daily_digest.groups_of(one, at) for one in watched]
    groups = {group for levels, coordination in asked for group in (*levels, coordination)}
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
