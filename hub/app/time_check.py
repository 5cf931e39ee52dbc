"""Check of this process's clock against the database's, from its start on."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Gauge

from hub.errors import Unavailable
from hub.model.incidents import WORKS
from hub.ports import Heartbeats
from hub.resilience.database_time import NOW, TOLERATED
from hub.tasks import reraise_if_cancelled

METRIC: Final = "hub_clock_offset_seconds"
EVERY: Final = timedelta(seconds=15)
"""The longest time between comparisons; less where the monitor looks more often."""
AGAIN: Final = 1.0
"""Seconds until the next try at the start."""

_OFFSET: Final = Gauge(METRIC, "how far PostgreSQL's clock is ahead of this process's; 0: within a second")

log = structlog.get_logger()


async def begin(store: Heartbeats) -> None:
    """Compare until it has succeeded: before that nothing may be judged by the time."""
    while not await compare(store):  # noqa: ASYNC110 - the database is asked again
        await asyncio.sleep(AGAIN)


async def run(store: Heartbeats, process: str, interval: timedelta, roles: Collection[str] = ()) -> None:
    """Compare, and report it to the monitor with the roles that work here, until cancelled."""
    while True:
        if await compare(store):
            await _report(store, process, roles)
        await asyncio.sleep(min(EVERY, interval).total_seconds())


async def compare(store: Heartbeats) -> bool:
    """Compare once; false if the database is away: then the last comparison holds."""
    before = NOW.offset
    try:
        await NOW.compare(store.clock)
    except Unavailable as exc:
        reraise_if_cancelled()
        log.warning("clock.not_compared", error=str(exc))
        return False
    _OFFSET.set(NOW.offset.total_seconds())
    if abs(NOW.offset - before) > TOLERATED:
        _log_change()
    return True


async def _report(store: Heartbeats, process: str, roles: Collection[str]) -> None:
    working = {f"{WORKS}{role}": "works" for role in roles}
    try:
        await store.beat(process, {"clock": str(NOW.offset.total_seconds()), **working})
    except Unavailable as exc:
        reraise_if_cancelled()
        log.warning("clock.not_reported", error=str(exc))


def _log_change() -> None:
    if NOW.offset:
        log.error("clock.wrong", seconds_behind=NOW.offset.total_seconds(), meanwhile="corrected")
    else:
        log.info("clock.right")
