"""
The web application, and how many requests of one client it works on at once. Nothing is built at import time.

`hub.web.connections` counts connections by their peer: behind a trusted proxy that is the proxy, and one
client, with slow bodies or dear queries, could hold all the places there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware
from msgspec.json import encode

from hub.access.lockout import network_of
from hub.catalog import CATALOG
from hub.client.connection import vhost_of
from hub.cloudevents.schemas import Schemas
from hub.desk.nouns import NOUNS
from hub.doors.console import done_words
from hub.settings import Settings
from hub.web.api.events import MAX_BODY
from hub.web.auth.caller import within_reach
from hub.web.auth.client_address import client_address
from hub.web.auth.guard import SIGNED_PATHS, guard
from hub.web.auth.refusals import count_refusals
from hub.web.connections import CONNECTIONS, in_time
from hub.web.console.refused import for_browsers
from hub.web.documents import asyncapi, openapi, serve
from hub.web.documents.notices import NOTICES, results
from hub.web.encodings import refuse_encodings
from hub.web.rate_limit import limit_rate, set_quotas
from hub.web.responses import Handler, Refusal, explain_failures, route_of, secure_headers
from hub.web.route import DONE_WORDS
from hub.web.routes import ROUTES, add_routes
from hub.web.service_parts import Access, Monitoring
from hub.web.services import ACCESS, MONITORING, SERVICES, Services

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


_WATCHED: Final = frozenset({"/health/live", "/health/ready", "/metrics"})


def build(services: Services) -> web.Application:
    """Build the application: API, console, hooks, health, metrics and documents."""
    app = _guarded(services.access, services.monitoring, for_browsers, innermost=(limit_rate,))
    app[SERVICES] = services
    set_quotas(app, services.policy.api)
    app[serve.DOCUMENTS] = _documents(services.schemas, services.settings)
    add_routes(app, ROUTES)
    app[DONE_WORDS] = done_words(NOUNS)
    app.on_shutdown.append(_end_streams)
    return app


async def _end_streams(app: web.Application) -> None:
    await app[SERVICES].streams.aclose()
    await app[SERVICES].changes.aclose()
    await app[SERVICES].session_streams.aclose()


def build_metrics(access: Access, monitoring: Monitoring) -> web.Application:
    """Build the application that listens on `HUB_METRICS` in any role: health and metrics only."""
    app = _guarded(access, monitoring)
    add_routes(app, [route for route in ROUTES if route.path in _WATCHED])
    return app


def _guarded(
    access: Access, monitoring: Monitoring, *inner: Middleware, innermost: Sequence[Middleware] = ()
) -> web.Application:
    outer = in_time, secure_headers, explain_failures, *inner
    refusing = count_refusals, refuse_encodings, limit_requests, guard, within_reach
    middlewares = (*outer, *refusing, *innermost)
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
    app[ACCESS] = access
    app[MONITORING] = monitoring
    begin_counting(app)
    return app


@cache
def api_document() -> Mapping[str, Any]:
    return openapi.describe(ROUTES, version=version("hub"))


@cache
def events_document(schemas: Schemas) -> Mapping[str, Any]:
    data = {name: schema.document for name, schema in schemas.by_name.items()}
    return asyncapi.describe(CATALOG, data, NOTICES, results(), version=version("hub"))


def _documents(schemas: Schemas, settings: Settings) -> Mapping[str, serve.Document]:
    vhost = vhost_of(settings.amqp_url.reveal())
    return {
        "/openapi.json": serve.Document(lambda: encode(openapi.at(api_document(), settings.public_url))),
        "/asyncapi.json": serve.Document(lambda: encode(asyncapi.at(events_document(schemas), vhost))),
    }


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
