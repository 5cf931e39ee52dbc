"""The watch, made of the parts of this process; beside the roles timers and web, whichever of them lives."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from hub import watch
from hub.app import dead_man
from hub.app.parts import QUEUES, Parts, now
from hub.model import Remaining
from hub.storage.watch import PostgresWatch
from hub.tasks import together
from hub.watch import Watch


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
