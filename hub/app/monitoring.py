"""The monitor, which runs with the roles timers and web, so that each notices the other's end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from hub.access.check_rate import CheckRate
from hub.app.container import Container
from hub.channels.balances import remaining
from hub.channels.registry import QUEUES
from hub.errors import ConfigurationError, Unavailable
from hub.health import heartbeat, monitor
from hub.health.monitor import Monitor
from hub.intake.sender_rates import SenderRates
from hub.model.incidents import UNKNOWN_CODES, excess_subject
from hub.ports import Channel, Heartbeats
from hub.resilience.breaker import Breakers
from hub.resilience.database_time import NOW
from hub.storage.monitor import PostgresMonitor
from hub.tasks import reraise_if_cancelled, run_all

log = structlog.get_logger()


async def run(parts: Container) -> None:
    """Run the monitor and the outside heartbeat until cancelled."""
    store = PostgresMonitor(parts.database, QUEUES)
    channels = _texting(parts)
    watching = Monitor(
        store=store,
        publisher=parts.publisher,
        queues=parts.publisher,
        answers=lambda: answers(parts),
        clocks={"redis": parts.appointments.clock},
        balances=partial(remaining, channels),
        now=NOW,
        policy=parts.company.policy.monitor,
        exclusions=parts.company.policy.exclusions,
    )
    work: list[Coroutine[Any, Any, None]] = [monitor.run(watching)]
    if (url := parts.settings.heartbeat_url) is not None:
        work.append(heartbeat.run(url, lambda: watching.well))
    try:
        await run_all(work)
    finally:
        for channel in channels.values():
            await channel.aclose()


async def keep_reporting(parts: Container, report: Callable[[Heartbeats], Awaitable[None]]) -> None:
    """Tell the monitor periodically of this process, until cancelled."""
    store = PostgresMonitor(parts.database, QUEUES)
    while True:
        await report(store)
        await asyncio.sleep(parts.company.policy.monitor.interval.total_seconds())


async def report_circuits(store: Heartbeats, *, breakers: Breakers) -> None:
    """Write this process's circuit states."""
    circuits = breakers.states().items()
    states = {f"circuit:{channel}:{name}": circuit.name.lower() for (channel, name), circuit in circuits}
    await is_told(store, states, "circuits.unsaid")


async def report_rates(store: Heartbeats, *, rates: SenderRates) -> None:
    """
    Write the senders that were above their rate in this process since the last time.

    Demotions that cannot be written are added to the next time.
    """
    excess, rates.excess = rates.excess, Counter()
    states = {excess_subject(lane, sender): str(events) for (lane, sender), events in excess.items()}
    if states and not await is_told(store, states, "excess.unsaid"):
        rates.excess += excess


async def report_unknown(store: Heartbeats, *, rate: CheckRate) -> None:
    """Write the number of wrong codes that this process saw in the last hour, if any."""
    if number := rate.lately():
        await is_told(store, {UNKNOWN_CODES: str(number)}, "codes.unsaid")


async def is_told(store: Heartbeats, states: Mapping[str, str], unsaid: str) -> bool:
    """Write states of this process for the monitor; where nobody can, log `unsaid` and return false."""
    try:
        await store.beat(this_process(), states)
    except Unavailable as exc:
        reraise_if_cancelled()
        log.warning(unsaid, error=str(exc))
        return False
    return True


def this_process() -> str:
    """Return a name that no other process of the hub has, which begins with its host."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def readiness(parts: Container, *, appoints: bool = True) -> Mapping[str, bool]:
    """
    Return whether each server answers, this process's clock is right, and its channels are known.

    A process that `appoints` nothing need not reach Redis, nor have its password. Most know their channels
    from their settings, and say nothing of them.
    """
    skew = parts.company.policy.monitor.max_clock_skew
    known = parts.known_channels
    told = {} if known is None else {"channels": known.known.is_set()}
    return {**await answers(parts, appoints=appoints), "clock": abs(NOW.offset) <= skew, **told}


async def answers(parts: Container, *, appoints: bool = True) -> Mapping[str, bool]:
    """Return, for each server, whether it answers; Redis has the appointments."""
    checks: dict[str, Coroutine[Any, Any, object]] = {
        "rabbitmq": parts.publisher.ping(),
        **({"redis": parts.appointments.intact()} if appoints else {}),
        "postgresql": parts.database.rows("SELECT 1"),
    }
    found = await asyncio.gather(*checks.values(), return_exceptions=True)
    return {name: not isinstance(answer, Exception) for name, answer in zip(checks, found, strict=True)}


def _texting(parts: Container) -> Mapping[str, Channel]:
    """Build the prepaid channel; nothing where this process lacks its configuration."""
    urls = {name: urls for name, urls in parts.settings.configured.items() if name == "sms"}
    try:
        return replace(parts, settings=replace(parts.settings, configured=urls)).channels()
    except ConfigurationError as exc:
        # The role delivery refuses to start with that error; web and timers do not need the channel.
        log.warning("balance.not_asked", error=str(exc))
        return {}
