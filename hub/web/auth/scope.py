"""The places where a caller has the scopes that a route needs."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model import PropertyScope, Scope
from hub.web.auth.audit import CALLER, caller_of
from hub.web.responses import Handler, Refusal
from hub.web.route import Where, needed, row_of

_OPEN: Final = frozenset({Where.PLACES, Where.COMPANY})


@web.middleware
async def within_reach(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a route for which the caller must reach everywhere, before any handler sees the request."""
    row = row_of(request)
    if CALLER in request and (row is None or row.where not in _OPEN) and places_of(request) is not None:
        raise everywhere_only()
    return await handler(request)


def places_of(request: web.Request) -> PropertyScope:
    """Return the places where the caller has a scope that the route needs; None means everywhere."""
    return caller_of(request).places(needed(request) or ())


def places_with(request: web.Request, scope: Scope) -> PropertyScope:
    """Return the places where the caller has this scope; None means everywhere."""
    return caller_of(request).places({scope})


def everywhere_only() -> Refusal:
    return Refusal(403, "This is for who reaches all copropiedades.", "An administrator gives accounts.")
