"""The end of a process: its work drains, and its heartbeat says how long its roles may be away."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Final

import structlog

from hub.errors import HubError
from hub.model.incidents import STOP
from hub.ports import Heartbeats

PATIENCE: Final = 2.0
"""Seconds for the announcement: a database that is away must not hold up the stop."""

log = structlog.get_logger()


async def announce(store: Heartbeats, process: str, roles: Collection[str], term: timedelta) -> None:
    """Write that these roles ended in order, and how long nobody need miss them; no failure is raised."""
    lasting = f"{term.total_seconds():.0f} s"
    try:
        async with asyncio.timeout(PATIENCE):
            await store.beat(process, {f"{STOP}{role}": lasting for role in roles})
    except (HubError, TimeoutError) as exc:
        log.warning("hub.stop_not_announced", error=type(exc).__name__)
