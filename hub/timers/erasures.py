"""Erasures, and old data: the work goes on until nothing is left, and late events are searched."""

from __future__ import annotations

import structlog

from hub.desk.rights.erasing import EVENTS, go_on, kept_since
from hub.operations.retention import apply
from hub.timers.deps import Timers

log = structlog.get_logger()


async def keep_erased(timers: Timers) -> bool:
    """Look at the erasures that are due; sweep the events that have come."""
    store = timers.erasures
    legal_since = kept_since(timers.now(), timers.policy.retention.legal)
    await store.sweep(EVENTS, legal_since)
    for erasure in await store.due():
        if erasure.finished_at is not None and not await store.left(erasure, legal_since):
            await store.finish(erasure, is_over=True)
            continue
        is_over = await go_on(store, erasure, legal_since=legal_since)
        log.info("erasure.looked_at", is_over=is_over)
    return False


async def erase_old_data(timers: Timers) -> bool:
    """Erase it in batches; the hub goes on meanwhile. The next look finds what is left of a broken batch."""
    rows = await apply(timers.old_data, timers.policy.retention.kinds, timers.now())
    erased = {row.kind.value: row.rows for row in rows if row.rows}
    if erased:
        log.info("retention.erased", **erased)
    return False
