"""
The dead man's handle: while all is well an outside address hears from us each minute.

Whoever listens there (a service, or a hub of another house) raises the alarm when nothing comes any
more: nothing that runs here could tell that all of it is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import aiohttp
import structlog

from hub.settings import SecretUrl
from hub.tasks import reraise_if_cancelled

EVERY: Final = timedelta(minutes=1)
TIMEOUT: Final = timedelta(seconds=10)

log = structlog.get_logger()


async def run(
    url: SecretUrl, well: Callable[[], bool], *, every: timedelta = EVERY, patience: timedelta = TIMEOUT
) -> None:
    """Ping until cancelled, whenever all is well; no failure ends it."""
    while True:
        if well():
            await _ping(url, patience)
        await asyncio.sleep(every.total_seconds())


async def _ping(url: SecretUrl, patience: timedelta) -> None:
    """Tell; what goes wrong is logged without the address, whose path is its secret."""
    total = aiohttp.ClientTimeout(total=patience.total_seconds())
    try:
        async with (
            aiohttp.ClientSession(timeout=total, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url.reveal(), allow_redirects=False) as answer,
        ):
            if answer.status // 100 != 2:
                log.warning("heartbeat.refused", status=answer.status)
    except (aiohttp.ClientError, OSError, TimeoutError) as exc:
        reraise_if_cancelled()
        log.warning("heartbeat.unheard", error=type(exc).__name__)
