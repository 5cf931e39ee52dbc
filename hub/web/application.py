"""The web application. Its dependencies are parameters; nothing is built at import time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec.json import encode

from hub.catalog import CATALOG
from hub.client.connection import vhost_of
from hub.cloudevents.schemas import Schemas
from hub.desk.nouns import NOUNS
from hub.doors.console import done_words
from hub.settings import Settings
from hub.web.api.events import MAX_BODY
from hub.web.auth.caller import within_reach
from hub.web.auth.guard import guard
from hub.web.auth.refusals import count_refusals
from hub.web.connections import in_time
from hub.web.console.refused import for_browsers
from hub.web.documents import asyncapi, openapi, serve
from hub.web.documents.notices import NOTICES, results
from hub.web.encodings import refuse_encodings
from hub.web.rate_limit import limit_rate, set_quotas
from hub.web.request_limit import begin_counting, limit_requests
from hub.web.responses import explain_failures, secure_headers
from hub.web.route import DONE_WORDS
from hub.web.routes import ROUTES, add_routes
from hub.web.service_parts import Access, Monitoring
from hub.web.services import ACCESS, MONITORING, SERVICES, Services

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
