"""
Work that rows ask for: what a process began and left, and what operators have started.

A reset of a password is of the transaction that set it, so nothing is told that was not done, and nothing is
done that is never told. A registration waits here where its process has died, or found no broker. A crash in
between repeats the same id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from hub.access.account_notices import notice
from hub.desk.rights.erasing import EVENTS, go_on, kept_since
from hub.messages.delivery.pausing import SETTLE, release
from hub.operations.registrations import publish as publish_registration
from hub.operations.retention import apply as erase_too_old
from hub.ports import PauseStore, Publisher
from hub.rendering.actors_es import who_es
from hub.timers.deps import Timers

BULK_ROWS: Final = 100
"""Rows of one transaction: a stop waits for them, and a death repeats them."""


AT_ONCE: Final = 100


log = structlog.get_logger()


async def tell_resets(timers: Timers) -> bool:
    """Publish a batch of notices; true if there may be more."""
    resets = await timers.store.untold_resets(AT_ONCE)
    for reset in resets:
        await timers.publisher.event(notice(reset, by=who_es(reset.by)))
    if resets:
        await timers.store.mark_told(resets)
        log.info("resets.told", count=len(resets))
    return len(resets) == AT_ONCE


async def publish_registrations(timers: Timers) -> bool:
    """Publish what was registered and not published; true if there is more."""
    waiting = await timers.radicados.unpublished(AT_ONCE)
    for registration in waiting:
        await publish_registration(timers.radicados, timers.publisher, registration)
    return len(waiting) == AT_ONCE


async def keep_pauses(timers: Timers) -> bool:
    """Take away the pauses that end by themselves, and release what they held."""
    for subject in await end_pauses(timers.pauses, timers.publisher):
        log.info("pause.ended", subject=subject)
    return False


async def end_pauses(store: PauseStore, publisher: Publisher, *, settle: float = SETTLE) -> Sequence[str]:
    """Take away the pauses whose end has come, release what they held, and return their subjects."""
    over = await store.end()
    if over:
        await asyncio.sleep(settle)
        await release(store, publisher)
    return over


async def work_sheets(timers: Timers) -> bool:
    """Write one sheet of people that somebody has applied, or take it back; true if there may be more."""
    worked = await timers.sheets()
    if worked:
        log.info("sheet.worked")
    return worked


async def work_bulk_runs(timers: Timers) -> bool:
    """
    Work one batch; true if there may be more.

    The rows are settled before the tickets: after a crash in between, the sweep finds the messages.
    """
    worked = await timers.bulk.work(BULK_ROWS, timers.publisher.replay)
    if worked is None:
        return False
    await timers.publisher.tickets(worked.tickets)
    log.info("bulk.worked", run=str(worked.run), rows=worked.count)
    return True


async def publish_communications(timers: Timers) -> bool:
    """Start what is due and publish some parts; true if there may be more."""
    return await timers.communications()


async def plan_communications(timers: Timers) -> bool:
    """Make a plan of many people; true if there may be another."""
    return await timers.communications_planned()


async def watch_communications(timers: Timers) -> bool:
    """Look what became of the communications that run."""
    return await timers.communications_watched()


async def keep_reviews(timers: Timers) -> bool:
    """Ask for releases, tell colleagues, end what nobody decides, publish what was released."""
    return await timers.reviews()


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
    rows = await erase_too_old(timers.old_data, timers.policy.retention.kinds, timers.now())
    erased = {row.kind.value: row.rows for row in rows if row.rows}
    if erased:
        log.info("retention.erased", **erased)
    return False
