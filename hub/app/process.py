"""
Process: runs its roles.

Roles are independent: any number of processes may run any of them, without further coordination.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Final

import msgspec
import structlog

from hub import logs, storage
from hub.app import time_check
from hub.app.container import Container, open_parts
from hub.app.monitoring import this_process
from hub.app.roles import ROLES, WITHOUT_REDIS, beside
from hub.app.work import Work
from hub.channels.registry import QUEUES
from hub.errors import HubError, StorageUnavailable
from hub.model.incidents import STOP
from hub.ports import Heartbeats
from hub.settings import LogFormat, Mode, Settings
from hub.storage import migrations
from hub.tasks import cancel

WAIT: Final = 2.0
"""Seconds between tries while the database is not available yet."""

_ANNOUNCING: Final = 2.0
"""Seconds for the announcement of a stop: a database that is away must not hold it up."""
log = structlog.get_logger()


async def run(
    settings: Settings, roles: frozenset[str], *, upgrade: bool, away: timedelta | None = None
) -> None:
    """
    Run these roles until cancelled; then finish work in progress, give the rest back, and return.

    With `upgrade` the database schema is upgraded first; without, an old schema is refused
    (ConfigurationError). Waits for a database that is not available yet. `away` is how long the roles may be
    away after a stop until they are missed; None: as the policy says.
    """
    logs.configure(as_json=settings.log is LogFormat.JSON, level=settings.log_level, for_good=True)
    _announce(settings, roles)
    await _wait_for_database(settings, upgrade=upgrade)
    stop = asyncio.Event()
    async with open_parts(settings, "+".join(sorted(roles)), roles) as parts, AsyncExitStack() as stack:
        if settings.metrics is not None:
            # A process without metrics over HTTP loads nothing of it.
            from hub.app.web_role import serve_metrics  # noqa: PLC0415

            await serve_metrics(parts, settings.metrics, stack, appoints=bool(roles - WITHOUT_REDIS))
        heartbeats = storage.PostgresMonitor(parts.database, QUEUES)
        await time_check.begin(heartbeats)
        work = [await _prepared(role, parts, stop, stack) for role in ROLES if role in roles]
        decode_each()
        work += beside(roles, parts, stop)
        term = parts.company.policy.monitor.planned_stop if away is None else away
        announce = partial(announce_stop, heartbeats, this_process(), roles, term)
        await _until_stopped([asyncio.create_task(role) for role in work], stop, announce)


async def _prepared(role: str, parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Prepare a role without starting its work: if a later role fails to prepare, no work begins."""
    work = await ROLES[role](parts, stop, stack)
    stack.callback(work.close)
    return work


async def _wait_for_database(settings: Settings, *, upgrade: bool) -> None:
    url = settings.database_url.reveal()
    while True:
        try:
            return await (migrations.upgrade(url) if upgrade else migrations.require_current(url))
        except StorageUnavailable as exc:
            log.warning("storage.unavailable", error=str(exc), again_in=WAIT)
            await asyncio.sleep(WAIT)


def _announce(settings: Settings, roles: frozenset[str]) -> None:
    log.info("hub.starting", roles=sorted(roles), mode=settings.mode)
    if settings.ignored_providers:
        log.warning("hub.providers_ignored", mode=settings.mode, settings=settings.ignored_providers)
    if settings.mode is Mode.LIVE:
        log.warning("hub.live", meaning="messages reach real people")


async def _until_stopped(
    tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event, announce: Callable[[], Awaitable[None]]
) -> None:
    """
    Wait until cancelled, then drain. A role that ends by itself is an error and ends all roles.

    The stop is announced twice: draining may last a minute, and the last sign of life may come after the
    first announcement, which would then count for nothing.
    """
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    except asyncio.CancelledError:
        log.info("hub.draining")
        stop.set()
        await asyncio.gather(announce(), *tasks, return_exceptions=True)
        await announce()
        log.info("hub.stopped")
        raise
    finally:
        # If a role has failed, nobody has told the others to stop.
        stop.set()
        await cancel(*tasks)


async def announce_stop(store: Heartbeats, process: str, roles: Collection[str], term: timedelta) -> None:
    """Write that these roles ended in order, and how long nobody need miss them; no failure is raised."""
    lasting = f"{term.total_seconds():.0f} s"
    try:
        async with asyncio.timeout(_ANNOUNCING):
            await store.beat(process, {f"{STOP}{role}": lasting for role in roles})
    except (HubError, TimeoutError) as exc:
        log.warning("hub.stop_not_announced", error=type(exc).__name__)


def decode_each() -> None:
    """
    Let msgspec read each enum of the hub that is loaded; repeating it costs nothing.

    It keeps what it has read at the class. Where two threads are the first to decode an enum, msgspec 0.22
    ends the process with a segmentation fault.
    """
    for enum in hub_enums():
        first = next(iter(enum))
        assert msgspec.convert(first.value, enum) is first


def hub_enums() -> Iterator[type[Enum]]:
    """Yield the loaded enums of the hub that can be decoded: their values are all text, or all integers."""
    waiting = list(Enum.__subclasses__())
    while waiting:
        enum = waiting.pop()
        waiting += enum.__subclasses__()
        if enum.__module__.partition(".")[0] == "hub" and _is_decodable(enum):
            yield enum


def _is_decodable(enum: type[Enum]) -> bool:
    return any(len(enum) and all(isinstance(one.value, kind) for one in enum) for kind in (str, int))
