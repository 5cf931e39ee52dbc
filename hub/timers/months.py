"""
Months of events, messages and attempts: made ahead, and dropped when older than the retention.

Both change tables that the hub is using. So the store waits for a lock only briefly, and a change that failed
is tried again an hour later. Until a month is made its events are stored with the rest, and nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import structlog

from hub.contact_rules.limits import first_that_counts
from hub.errors import StorageConflict, Unavailable
from hub.model.months import StoredMonth, gaps, kept_from, missing
from hub.ports import MonthStore
from hub.tasks import reraise_if_cancelled
from hub.timers.deps import Timers

AHEAD: Final = 3
"""Months that are ready after the current one."""
FORGOTTEN: Final = 5000
"""Rows that one statement deletes."""
CASES: Final = 200
"""Cases that are locked at once."""
PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the tries of a change; the next ones come with the next look."""
PACE: Final = 0.2
"""Seconds between the batches of a deletion."""
_RIGHTS: Final = (
    "run `hub db upgrade`; the owner of the tables must be allowed to create tables in their schema"
)

T = TypeVar("T")

log = structlog.get_logger()


async def keep_months(timers: Timers) -> bool:
    """Make the months ahead; where months are old enough, drop them and what was stored about them."""
    store, now = timers.months, timers.now()
    await timers.store.drop_contact_slots(first_that_counts(now, timers.policy))
    await _make_ahead(store, now)
    if timers.policy.retention.months:
        limit = kept_from(timers.policy.retention.months, now)
        dropped = [month for month in _old(await store.months(), limit) if await _drop(month, store)]
        await timers.digests.forget(limit)
        await _forget(store, limit)
        if dropped:
            await _forget_cases(store)
    return False


async def _make_ahead(store: MonthStore, now: datetime) -> None:
    for month in missing(await store.months(), now, AHEAD):
        name = f"{month:%Y-%m}"
        try:
            await _insist(partial(store.make, month))
        except StorageConflict:
            log.info("months.in_use", month=name)
            return
        except Unavailable as exc:
            reraise_if_cancelled()
            log.error("months.not_made", month=name, error=str(exc), to_do=_RIGHTS)
            return
        log.info("months.made", month=name)


def _old(stored: Sequence[StoredMonth], limit: datetime) -> Sequence[StoredMonth]:
    return [month for month in stored if month.until <= limit]


async def _drop(month: StoredMonth, store: MonthStore) -> bool:
    """Drop the month unless something holds it."""
    try:
        held = await _insist(partial(store.drop, month))
    except StorageConflict:
        log.info("months.in_use", month=month.name)
        return False
    if held:
        log.warning("months.kept", month=month.name, **held)
    else:
        log.info("months.dropped", month=month.name, events=month.events, messages=month.messages)
    return not held


async def _insist(change: Callable[[], Awaitable[T]]) -> T:
    """Do it, again after each pause while the tables are in use."""
    for pause in PAUSES:
        with suppress(StorageConflict):
            return await change()
        await asyncio.sleep(pause)
    return await change()


async def _forget(store: MonthStore, limit: datetime) -> None:
    for gap in gaps(await store.months(), limit):
        deleted = FORGOTTEN
        while deleted:
            deleted = await store.forget(gap, FORGOTTEN)
            await asyncio.sleep(PACE)


async def _forget_cases(store: MonthStore) -> None:
    after: str | None = ""
    while after is not None:
        after = await store.forget_cases(after, CASES)
        await asyncio.sleep(PACE)
