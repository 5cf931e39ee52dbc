"""Time stamps of an authority outside (RFC 3161)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import aiohttp
import structlog

from hub.operations.evidence.time_stamps import grants, query
from hub.settings import SecretUrl
from hub.tasks import reraise_if_cancelled
from hub.tls import http_context

TIMEOUT: Final = timedelta(seconds=20)
MOST: Final = 1 << 16
"""Bytes of an answer: a stamp with its certificates has some thousands."""
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}

log = structlog.get_logger()


async def stamp(url: SecretUrl, digest: bytes) -> bytes | None:
    """Return the authority's answer; None unless it grants the stamp. Logs why, without the address."""
    try:
        reply = await _ask(url, query(digest))
    except (aiohttp.ClientError, OSError, TimeoutError) as exc:
        reraise_if_cancelled()
        log.warning("seals.not_stamped", error=type(exc).__name__)
        return None
    if not grants(reply, digest):
        log.warning("seals.not_stamped", error="refused")
        return None
    return reply


async def _ask(url: SecretUrl, request: bytes) -> bytes:
    total = aiohttp.ClientTimeout(total=TIMEOUT.total_seconds())
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=http_context()),
            timeout=total,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session,
        session.post(url.reveal(), data=request, headers=_HEADERS, allow_redirects=False) as answer,
    ):
        answer.raise_for_status()
        return await answer.content.read(MOST)
