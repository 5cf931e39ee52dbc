"""Where a caller has what a route needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from aiohttp import web

from hub.model import PropertyScope, Scope
from hub.web.app_keys import RULES
from hub.web.auth.audit import CALLER, caller_of
from hub.web.responses import Handler, Refusal, route_of
from hub.web.route import Where

WHERES: web.AppKey[Mapping[tuple[str, str], Where | None]] = web.AppKey("wheres")
"""Method and route → what it means to who does not reach everywhere."""
_OPEN: Final = frozenset({Where.PLACES, Where.COMPANY})


@web.middleware
async def within_reach(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what is for whoever reaches everywhere, before any handler sees the request."""
    where = request.app[WHERES].get((request.method, route_of(request)))
    if CALLER in request and where not in _OPEN and places_of(request) is not None:
        raise everywhere_only()
    return await handler(request)


def places_of(request: web.Request) -> PropertyScope:
    """Answer where the caller has what the route needs; None is everywhere."""
    return caller_of(request).places(_needed(request))


def places_with(request: web.Request, scope: Scope) -> PropertyScope:
    """Answer where the caller has this scope."""
    return caller_of(request).places({scope})


def everywhere_only() -> Refusal:
    return Refusal(403, "This is for who reaches all copropiedades.", "An administrator gives accounts.")


def _needed(request: web.Request) -> Collection[Scope]:
    # What is not in the table is for administrators, as the door has it.
    return request.app[RULES].get((request.method, route_of(request)), {Scope.ADMIN}) or ()
