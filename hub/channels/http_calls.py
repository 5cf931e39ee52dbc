"""HTTP calls to a provider: time-outs, and whether the provider may have received the request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Final

import aiohttp

from hub.channels.connection_slots import WAITING, ConnectionSlots
from hub.channels.failures import misconfigured, no_place
from hub.errors import TransientFailure
from hub.model import Accepted, Json, Lane
from hub.resilience.database_time import NOW
from hub.tls import http_context

CONNECT_TIMEOUT: Final = timedelta(seconds=10)
CONNECTIONS: Final = 50
LONGEST_WAIT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    retry_after: timedelta | None = None

    @property
    def json(self) -> Json:
        """Return the body as JSON; None when it is something else, such as a gateway's HTML page."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def accepted(answer: Answer, reference: Json, *, provider: str, status: Json = None) -> Accepted:
    """Return a provider's acceptance. Raises `TransientFailure` when it has no id."""
    if not isinstance(reference, str):
        # Something else accepted it (a captive portal, a wrong host): the outcome is unknown.
        raise TransientFailure("provider_answer", provider=provider, code=str(answer.status), unknown=True)
    return Accepted(provider=provider, reference=reference, code=f"{answer.status} {status or ''}".strip())


class HttpCaller:
    """
    One provider's connections. `timeout` bounds a whole call, waiting for a connection included.

    A fifth of them is reserved for urgent calls. Redirects are not followed: they would carry
    credentials elsewhere.
    """

    def __init__(self, provider: str, *, timeout: timedelta, connections: int = CONNECTIONS) -> None:
        self._provider = provider
        self._timeout = timeout.total_seconds()
        self._connecting = min(CONNECT_TIMEOUT, timeout).total_seconds()
        self._places = ConnectionSlots(connections)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        lane: Lane = Lane.NORMAL,
    ) -> Answer:
        """
        Raises only `TransientFailure`, `unknown` once the request may have been sent.

        Also after GET, because some providers accept messages by it.
        """
        until = asyncio.get_running_loop().time() + self._timeout
        try:
            await self._places.take(lane, until - self._timeout * (1 - WAITING))
        except TimeoutError as exc:
            raise no_place(self._provider) from exc
        try:
            return await self._call(method, url, body, headers, until)
        finally:
            self._places.give_back(lane)

    async def _call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], until: float
    ) -> Answer:
        trace = SimpleNamespace(sent=False)
        call = self._opened().request(
            method, url, data=body, headers=headers, allow_redirects=False, trace_request_ctx=trace
        )
        try:
            async with asyncio.timeout_at(until), call as response:
                return Answer(
                    status=response.status,
                    body=await response.read(),
                    retry_after=read_retry_after(response.headers.get("Retry-After"), NOW()),
                )
        except TimeoutError as exc:
            raise TransientFailure("timeout", provider=self._provider, unknown=trace.sent) from exc
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as exc:
            raise misconfigured("provider_tls", provider=self._provider) from exc
        except (aiohttp.ClientError, OSError) as exc:
            reason = "connection_lost" if trace.sent else "connect_failed"
            raise TransientFailure(reason, provider=self._provider, unknown=trace.sent) from exc

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """Open at the first call: a session belongs to a running loop."""
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_headers_sent.append(_note_sent)
            self._session = aiohttp.ClientSession(
                # No limit: `ConnectionSlots` counts, and knows the lanes.
                connector=aiohttp.TCPConnector(ssl=http_context(), limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connecting),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[tracing],
            )
        return self._session


async def _note_sent(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    del session, params
    context.trace_request_ctx.sent = True


def read_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3); None for anything else."""
    if header is None:
        return None
    if header.isdecimal():
        return timedelta(seconds=min(int(header[:9]), LONGEST_WAIT.total_seconds()))
    try:
        wait = parsedate_to_datetime(header) - now
    except (TypeError, ValueError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
