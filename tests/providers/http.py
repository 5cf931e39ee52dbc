"""Base of the fake HTTP providers: a free port, scripted answers, recorded violations."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.providers.journal import Journal

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Answers instead of the provider. The request was read and checked before."""


class HttpServer:
    """Listens on a free port of 127.0.0.1. `violations` must be empty at the end of a test."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.journal: Journal | None = None
        self.script: deque[Behaviour] = deque()
        self.always: Behaviour | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0

    def routes(self) -> Sequence[web.RouteDef]:
        raise NotImplementedError

    @property
    def port(self) -> int:
        return self._port

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def require(self, what: str, *, holds: bool) -> bool:
        if not holds:
            self.violations.append(what)
        return holds

    async def scripted(self, request: web.Request) -> web.StreamResponse | None:
        """Return the next scripted answer, or the permanent one, if any."""
        answer = self.script.popleft() if self.script else self.always
        return None if answer is None else await answer(request)

    async def start(self) -> None:
        app = web.Application(client_max_size=1 << 20)
        app.add_routes([*self.routes(), web.route("*", "/{path:.*}", self._unknown)])
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _unknown(self, request: web.Request) -> web.Response:
        # Another test's hub may have been promised this port: who waits for that asks here whether it lives.
        if request.path != "/health/live":
            self.violations.append(f"{request.method} {request.path} is not known")
        return web.json_response({}, status=404)


def still_there(request: web.Request) -> bool:
    """Return whether the client is still connected."""
    return request.transport is not None and not request.transport.is_closing()


def answering(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answer with this: a string as HTML, everything else as JSON."""

    async def answer(_request: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=headers)
        return web.Response(
            status=status, text=json.dumps(body), content_type="application/json", headers=headers
        )

    return answer


async def hang(_request: web.Request) -> web.StreamResponse:
    """Never answer; ends when the client disconnects."""
    await asyncio.Event().wait()
    raise AssertionError


async def drop(request: web.Request) -> web.StreamResponse:
    """Drop the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    await asyncio.Event().wait()
    raise AssertionError
