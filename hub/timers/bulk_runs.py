"""Bulk runs: the bulk actions that operators have started are worked batch by batch."""

from __future__ import annotations

from typing import Final

import structlog

from hub.timers.deps import Timers

BATCH: Final = 100
"""Rows of one transaction: a stop waits for them, and a death repeats them."""

log = structlog.get_logger()


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
    worked = await timers.bulk.work(BATCH, timers.publisher.replay)
    if worked is None:
        return False
    await timers.publisher.tickets(worked.tickets)
    log.info("bulk.worked", run=str(worked.run), rows=worked.count)
    return True
