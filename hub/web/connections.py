"""
The connections of a listener: limits of their number, and of a client's slowness.

aiohttp has no time-out for a request's head or body, and no limit of connections: a thousand idle sockets
would use up the process's files. Here a connection that waits for its client has a time-out, and when there
are too many, the one that has waited longest ends. So a new one always gets in, and a client that sends at
once is answered: the API, the hooks and `/health` need no share of their own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import prometheus_client
from aiohttp import StreamReader, web

from hub.access.lockout import network_of
from hub.settings import Address
from hub.settings.values import Networks
from hub.web.auth.client_address import is_trusted
from hub.web.responses import Handler, unseen

METRIC: Final = "hub_connections_cut_total"
_BACKLOG: Final = 512
_CUT: Final = prometheus_client.Counter(
    "hub_connections_cut", "Connections that the hub ended, by what it waited for.", ["waited_for"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds, and numbers of connections of one listener."""

    head: float = 10.0
    """From the first octet of a request, or for the first one from the connection, to the end of its head."""
    body: float = 30.0
    answer: float = 60.0
    """The time for which a client may take none of its answer."""
    idle: float = 75.0
    """Longer than proxies keep a connection (nginx: 60): the side that asks must be the one that ends it."""
    most: int = 512
    """Half of the files that a process may open by default."""
    most_of_one: int = 256
    """The most connections of one address, or of one /64 of IPv6; a trusted proxy may have all."""
    requests_of_one: int = 128
    """
    Requests of one client at the same time, also behind a proxy: a quarter of the places. An office of
    thirty has some ten at a time, a system that publishes needs no more than it has connections.
    """


_LIMITS: Final = Limits()


class Connection(asyncio.Protocol):
    """One connection: aiohttp's protocol, with a time-out around each wait."""

    def __init__(self, connections: Connections, inner: web.RequestHandler) -> None:
        self.network = ""
        self._all = connections
        self.inner = inner
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._asking: StreamReader | None = None
        """The body of the request in work."""
        self._is_idle = False
        self.was_let_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        self.network, self._transport = network_of(address), cast(asyncio.Transport, transport)
        self.was_let_in = self._all.admit(self, address)
        if self.was_let_in:
            self.inner.connection_made(transport)
            self._wait("head", self._all.limits.head)
        else:
            self.cut("room")

    def data_received(self, data: bytes) -> None:
        if self._is_idle:
            self._wait("head", self._all.limits.head)
        self.inner.data_received(data)

    def eof_received(self) -> None:
        self.inner.eof_received()

    def pause_writing(self) -> None:
        self.inner.pause_writing()
        self._wait("answer", self._all.limits.answer)

    def resume_writing(self) -> None:
        self.inner.resume_writing()
        if self._asking is None:
            self.end()
        else:
            self.begin(self._asking)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._all.forget(self)
        if self.was_let_in:
            self.inner.connection_lost(exc)

    def begin(self, body: StreamReader) -> None:
        """The head is complete; wait for the body."""
        self._asking = body
        self._wait("body", self._all.limits.body)
        body.on_eof(partial(self._work, body))

    def end(self) -> None:
        """The request is answered; aiohttp ends a connection that stays idle."""
        self._asking, self._is_idle = None, True
        self._stop_timer()
        self._all.wait(self)

    def cut(self, waited_for: str) -> None:
        """End the connection at once."""
        _CUT.labels(waited_for=waited_for).inc()
        if self._transport is not None:
            self._transport.abort()

    def _work(self, body: StreamReader) -> None:
        # A body may end when its request was refused long before.
        if self._asking is body:
            self._stop_timer()
            self._all.work(self)

    def _wait(self, waits_for: str, seconds: float) -> None:
        self._stop_timer()
        self._is_idle = False
        self._timer = asyncio.get_running_loop().call_later(seconds, self.cut, waits_for)
        self._all.wait(self)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Connections:
    """The connections of one listener; makes the protocol of each."""

    def __init__(self, make: Callable[[], web.RequestHandler], trusted: Networks, limits: Limits) -> None:
        self.limits = limits
        self._make = make
        self._trusted = trusted
        self._open: dict[web.RequestHandler, Connection] = {}
        self._waiting: dict[Connection, None] = {}
        """Those that wait for their client, the longest first. The others are at work, and stay."""
        self._of_network: Counter[str] = Counter()

    def __call__(self) -> Connection:
        return Connection(self, self._make())

    def of(self, handler: web.RequestHandler) -> Connection | None:
        return self._open.get(handler)

    def admit(self, connection: Connection, address: str) -> bool:
        """Let a connection in, if need be in the place of one that waits; false if all are at work."""
        network = connection.network
        is_one_too_many = self._of_network[network] >= self.limits.most_of_one
        if is_one_too_many and not is_trusted(address, self._trusted) and not self._end_oldest(network):
            return False
        if len(self._open) >= self.limits.most and not self._end_oldest(None):
            return False
        self._open[connection.inner] = connection
        self._of_network[network] += 1
        return True

    def forget(self, connection: Connection) -> None:
        self._waiting.pop(connection, None)
        if self._open.pop(connection.inner, None) is not None:
            self._of_network[connection.network] -= 1
            if not self._of_network[connection.network]:
                del self._of_network[connection.network]

    def wait(self, connection: Connection) -> None:
        """The connection waits for its client from now on."""
        self._waiting.pop(connection, None)
        if connection.inner in self._open:
            self._waiting[connection] = None

    def work(self, connection: Connection) -> None:
        """The connection's request is complete: it is not ended for another's sake."""
        self._waiting.pop(connection, None)

    def _end_oldest(self, network: str | None) -> bool:
        for connection in self._waiting:
            if network in {None, connection.network}:
                connection.cut("room")
                self.forget(connection)
                return True
        return False


CONNECTIONS: Final = web.AppKey("connections", Connections)


@web.middleware
async def in_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection when a request's head has come, and when it is answered."""
    connections = request.app.get(CONNECTIONS)
    connection = connections.of(request.protocol) if connections is not None else None
    if connection is None:
        return await handler(request)
    connection.begin(request.content)
    try:
        return await handler(request)
    finally:
        connection.end()


@asynccontextmanager
async def listening(
    application: web.Application, address: Address, *, trusted: Networks, limits: Limits = _LIMITS
) -> AsyncIterator[list[Address]]:
    """Serve an application, and yield where. Raises OSError if the address is in use."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=5)
    make = partial(_handler_of, runner, limits)
    connections = application[CONNECTIONS] = Connections(make, trusted, limits)
    await runner.setup()
    try:
        server = await asyncio.get_running_loop().create_server(
            connections, address.host or None, address.port, backlog=_BACKLOG
        )
        try:
            yield [Address(*socket.getsockname()[:2]) for socket in server.sockets]
        finally:
            server.close()
    finally:
        await runner.cleanup()


class _RequestHandler(web.RequestHandler):
    """aiohttp's protocol; its answer to bytes that are no HTTP has our headers, no version and no echo."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status >= 500 or request.writer.output_size:
            super().handle_error(request, status, exc, message)
        # Else it is the client's fault, of which aiohttp would write a traceback: a stranger fills no log.
        answer = unseen(status)
        answer.force_close()
        return answer


def _handler_of(runner: web.AppRunner, limits: Limits) -> web.RequestHandler:
    if runner.server is None:
        raise RuntimeError("a connection came before the server was set up")
    return _RequestHandler(
        runner.server,
        loop=asyncio.get_running_loop(),
        keepalive_timeout=limits.idle,
        auto_decompress=False,  # see hub.web.encodings
        access_log=None,  # type: ignore[arg-type] # as aiohttp's own runners pass it on
    )
