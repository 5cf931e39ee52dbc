"""
A limit of the requests that one client has in work at the same time.

`hub.web.connections` counts connections by their peer: behind a trusted proxy that is the proxy, and one
client, with slow bodies or dear queries, could hold all the places there are.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from aiohttp import hdrs, web

from hub.access.lockout import network_of
from hub.web.auth.client_address import client_address
from hub.web.auth.guard import SIGNED_PATHS
from hub.web.connections import CONNECTIONS
from hub.web.responses import Handler, Refusal, route_of

REASON: Final = "crowd"
RETRY_AFTER: Final = "1"
"""Seconds: a place is free as soon as a request is answered."""
_FREE: Final = SIGNED_PATHS | {
    "/health/live",
    "/health/ready",
    "/api/inbox/stream",
    "/inbox/changes",
    "/live",
}
"""
Not limited: a provider sends its reports from few addresses, all at once after an outage, and a load
balancer must not take a busy hub for a dead one. Streams stay open, and have a limit of their own
(`hub.web.inbox_streams`, `hub.web.live`).
"""
_WORKING: Final = web.AppKey("working", Counter[str])


def begin_counting(app: web.Application) -> None:
    app[_WORKING] = Counter()


@web.middleware
async def limit_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request, or refuse it (429) while its client has too many others in work."""
    client, connections = client_address(request), request.app.get(CONNECTIONS)
    if connections is None or not client or route_of(request) in _FREE:
        return await handler(request)
    working, network = request.app[_WORKING], network_of(client)
    if working[network] >= connections.limits.requests_of_one:
        raise _too_many()
    working[network] += 1
    try:
        return await handler(request)
    finally:
        working[network] -= 1
        if not working[network]:
            del working[network]


def _too_many() -> Refusal:
    return Refusal(
        429,
        "Too many requests from this address are in work.",
        "Wait for the answers to some of them.",
        headers={hdrs.RETRY_AFTER: RETRY_AFTER},
        reason=REASON,
    )
