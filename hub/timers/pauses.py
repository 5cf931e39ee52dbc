"""Pauses that end by themselves."""

from __future__ import annotations

import structlog

from hub.operations.pause import end_pauses
from hub.timers.deps import Timers

log = structlog.get_logger()


async def keep_pauses(timers: Timers) -> bool:
    """Take away the pauses that end by themselves, and release what they held."""
    for subject in await end_pauses(timers.pauses, timers.publisher):
        log.info("pause.ended", subject=subject)
    return False
