"""Pauses whose time is over: the timers end them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from hub.messages.delivery.pausing import SETTLE, release
from hub.ports import PauseStore, Publisher
from hub.timers.deps import Timers

log = structlog.get_logger()


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
