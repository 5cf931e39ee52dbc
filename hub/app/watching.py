"""The watch, made of the parts of this process; beside the roles timers and web, whichever of them lives."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import structlog

from hub import watch
from hub.app import dead_man
from hub.app.parts import QUEUES, Parts, now
from hub.errors import Unavailable
from hub.model import Remaining
from hub.storage.watch import PostgresWatch
from hub.tasks import heed_cancellation, together
from hub.watch import Watch

log = structlog.get_logger()


async def run(parts: Parts) -> None:
    """Watch, and let the outside address hear that all is well, until cancelled."""
    store = PostgresWatch(parts.database, QUEUES)
    watching = Watch(
        store=store,
        publisher=parts.publisher,
        queues=parts.publisher,
        answers=lambda: answers(parts),
        clocks={"postgresql": store.clock, "redis": parts.appointments.clock},
        balances=_balances,
        now=now,
        policy=parts.words.policy.watch,
        host=socket.gethostname(),
        company=parts.words.policy.company.email,
    )
    work: list[Coroutine[Any, Any, None]] = [watch.run(watching)]
    if (url := parts.settings.heartbeat_url) is not None:
        work.append(dead_man.run(url, lambda: watching.well))
    await together(work)


async def say_circuits(parts: Parts) -> None:
    """Say again and again which providers this process leaves alone: whoever watches reads it."""
    store = PostgresWatch(parts.database, QUEUES)
    process = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        circuits = parts.breakers.states().items()
        states = {f"circuit:{channel}:{name}": one.name.lower() for (channel, name), one in circuits}
        try:
            await store.beat(process, states)
        except Unavailable as exc:
            heed_cancellation()
            log.warning("circuits.unsaid", error=str(exc))
        await asyncio.sleep(parts.words.policy.watch.every.total_seconds())


async def answers(parts: Parts) -> Mapping[str, bool]:
    """Ask each server whether it answers."""
    asked: dict[str, Coroutine[Any, Any, object]] = {
        "rabbitmq": parts.publisher.ping(),
        "redis": parts.appointments.intact(),
        "postgresql": parts.database.rows("SELECT 1"),
    }
    found = await asyncio.gather(*asked.values(), return_exceptions=True)
    return {name: not isinstance(answer, Exception) for name, answer in zip(asked, found, strict=True)}


async def _balances() -> Sequence[Remaining]:
    return ()
