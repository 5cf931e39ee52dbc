"""
Resets of passwords: each is told to the person of its account.

The row is of the transaction that set the password, so nothing is told that was not done, and nothing is done
that is never told. A crash in between repeats the same id.
"""

from __future__ import annotations

from typing import Final

import structlog

from hub.access.account_notices import notice
from hub.rendering.actors_es import who_es
from hub.timers.deps import Timers

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
