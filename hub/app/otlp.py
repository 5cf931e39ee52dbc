"""
Tracer that sends to an OpenTelemetry collector, by OTLP 1 as JSON over HTTP.

A collector that is away or slow costs memory up to a limit, and nothing else: spans beyond it are dropped,
and the log counts them. The official SDK would bring a thread, a second HTTP client and ten packages for this
one request.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Final, Self

import aiohttp
import msgspec
import structlog

from hub.model import Json
from hub.model.traces import Span
from hub.settings import SecretUrl
from hub.tasks import cancel, reraise_if_cancelled
from hub.tls import http_context

EVERY: Final = 1.0
"""Seconds between two requests."""
PATIENCE: Final = 10.0
"""Seconds for one request."""
AT_ONCE: Final = 512
"""Spans of one request: about 300 kB."""
KEPT: Final = 8 * AT_ONCE
"""Spans that wait for a collector that is away."""
LAST: Final = 3.0
"""Seconds to send the remaining spans when the process ends."""
_AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses after which the protocol wants the spans again."""
_FAILED: Final = 2
_NANOSECONDS: Final = 1_000_000_000

log = structlog.get_logger()


class OtlpTracer:
    """`hub.ports.traces.Tracer`. Sends from when it is entered until it is left."""

    def __init__(self, url: SecretUrl, *, every: float = EVERY, patience: float = PATIENCE) -> None:
        self._url = url
        self._every, self._patience = every, patience
        self._waiting: deque[Span] = deque()
        self._dropped = 0
        self._resource = _resource()

    def record(self, spans: Iterable[Span]) -> None:
        for span in spans:
            if len(self._waiting) < KEPT:
                self._waiting.append(span)
            else:
                self._dropped += 1

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self._patience)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=http_context()),
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._sending = asyncio.create_task(self._run(), name="traces")
        return self

    async def __aexit__(self, *_: object) -> None:
        await cancel(self._sending)
        try:
            async with asyncio.timeout(LAST):
                while self._waiting and await self._send():
                    pass
        except TimeoutError:
            self._dropped += len(self._waiting)
        finally:
            await self._session.close()
        self._report("the process ends")

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            while self._waiting and await self._send():
                pass

    async def _send(self) -> bool:
        """Send the oldest spans; false if the collector does not take them now. Its refusal drops them."""
        batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        try:
            problem, again = await self._post(_encode(self._resource, batch))
        except (aiohttp.ClientError, OSError, TimeoutError) as exc:
            reraise_if_cancelled()
            problem, again = type(exc).__name__, True
        except BaseException:
            self._waiting.extendleft(reversed(batch))
            raise
        if again:
            self._waiting.extendleft(reversed(batch))
        elif problem:
            self._dropped += len(batch)
        if problem:
            self._report(problem)
        return not again

    async def _post(self, body: bytes) -> tuple[str, bool]:
        headers = {"Content-Type": "application/json"}
        async with self._session.post(
            self._url.reveal(), data=body, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status // 100 == 2:
                return "", False
            return f"HTTP {answer.status}", answer.status in _AGAIN

    def _report(self, problem: str) -> None:
        """Log, without the address, whose path may be a secret."""
        waiting, dropped, self._dropped = len(self._waiting), self._dropped, 0
        if waiting or dropped:
            log.warning("traces.not_sent", error=problem, waiting=waiting, dropped=dropped)


def _encode(resource: Mapping[str, Json], spans: Sequence[Span]) -> bytes:
    scope = {"scope": {"name": "hub"}, "spans": [_span(span) for span in spans]}
    return msgspec.json.encode({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]})


def _span(span: Span) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": int(span.kind),
        "startTimeUnixNano": _nanoseconds(span.began),
        "endTimeUnixNano": _nanoseconds(max(span.began, span.ended)),
        "attributes": _attributes(span.attributes),
    }
    if span.parent is not None:
        shown["parentSpanId"] = span.parent
    if span.failed:
        shown["status"] = {"code": _FAILED}
    return shown


def _attributes(values: Mapping[str, str | int]) -> list[Json]:
    return [{"key": name, "value": _value(value)} for name, value in values.items() if value != ""]


def _value(value: str | int) -> dict[str, str]:
    # 64-bit numbers are text in OTLP's JSON.
    return {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}


def _nanoseconds(at: datetime) -> str:
    return str(int(at.timestamp()) * _NANOSECONDS + at.microsecond * 1000)


def _resource() -> dict[str, Json]:
    who = {
        "service.name": "hub",
        "service.version": version("hub"),
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    return {"attributes": _attributes(who)}
