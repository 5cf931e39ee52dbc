"""
The heartbeat (a dead man's switch): while all is well, ping an outside address every minute.

The receiver (a service, or a hub elsewhere) raises the alarm when the pings stop. Nothing that runs here
could report that all of it is down.
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
from hub.tls import http_context

EVERY: Final = timedelta(minutes=1)
TIMEOUT: Final = timedelta(seconds=10)

log = structlog.get_logger()


async def run(
    url: SecretUrl, well: Callable[[], bool], *, every: timedelta = EVERY, patience: timedelta = TIMEOUT
) -> None:
    """Ping until cancelled, while `well` returns true; no failure ends it."""
    while True:
        if well():
            await _ping(url, patience)
        await asyncio.sleep(every.total_seconds())


async def _ping(url: SecretUrl, patience: timedelta) -> None:
    """Send one ping. Log a failure without the address, whose path is a secret."""
    total = aiohttp.ClientTimeout(total=patience.total_seconds())
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=http_context()),
                timeout=total,
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            session.get(url.reveal(), allow_redirects=False) as answer,
        ):
            if answer.status // 100 != 2:
                log.warning("heartbeat.refused", status=answer.status)
    except (aiohttp.ClientError, OSError, TimeoutError) as exc:
        reraise_if_cancelled()
        log.warning("heartbeat.unheard", error=type(exc).__name__)
