"""Topology of RabbitMQ: keeps the way of the events whole. Runs once in every process, with any roles."""

from __future__ import annotations

import asyncio
from itertools import cycle
from typing import Final

import structlog

from hub.app.container import Container
from hub.app.monitoring import is_told
from hub.channels.registry import QUEUES
from hub.consumers.publisher import BrokerPublisher
from hub.errors import Unavailable
from hub.ports import Heartbeats
from hub.storage.monitor import PostgresMonitor
from hub.tasks import reraise_if_cancelled

EVERY: Final = 5.0
"""Seconds between two canaries, of two frames each: events are lost for hardly longer than that."""
ROUNDS: Final = 60
"""Everything is declared again each five minutes: no canary goes by the binding of each type."""

log = structlog.get_logger()


async def keep(parts: Container) -> None:
    """Look, mend and report until cancelled; no failure ends it."""
    store = PostgresMonitor(parts.database, QUEUES)
    for turn in cycle(range(ROUNDS)):
        try:
            await _mend(parts.publisher, everything=turn == ROUNDS - 1)
            await report(store, parts.publisher)
        except Exception:
            reraise_if_cancelled()
            log.exception("topology.broken")
        await asyncio.sleep(EVERY)


async def _mend(publisher: BrokerPublisher, *, everything: bool) -> None:
    try:
        await publisher.ping()
        if everything:
            await publisher.renew()
    except Unavailable as exc:
        reraise_if_cancelled()
        log.warning("broker.not_whole", error=str(exc), missing=publisher.gap is not None)


async def report(store: Heartbeats, publisher: BrokerPublisher) -> None:
    """Write the gaps that this process has noticed for the monitor, which may run in another one."""
    noticed = [*publisher.gaps, *([publisher.gap] if publisher.gap else [])]
    # A gap keeps its row when it ends.
    states = {f"gap:{gap.since or ''}": str(gap) for gap in noticed}
    if states and await is_told(store, states, "broker.gaps_unsaid"):
        publisher.gaps = [gap for gap in publisher.gaps if gap not in noticed]
