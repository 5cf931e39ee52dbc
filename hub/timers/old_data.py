"""Old data, erased kind by kind when its time has passed."""

from __future__ import annotations

import structlog

from hub.operations.retention import apply
from hub.timers.deps import Timers

log = structlog.get_logger()


async def erase_old_data(timers: Timers) -> bool:
    """Erase it in batches; the hub goes on meanwhile. The next look finds what is left of a broken batch."""
    rows = await apply(timers.old_data, timers.policy.retention.kinds, timers.now())
    erased = {row.kind.value: row.rows for row in rows if row.rows}
    if erased:
        log.info("retention.erased", **erased)
    return False
