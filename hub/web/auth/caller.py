"""The caller of a request: their name, the places that they reach, and the audit of their acts."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access.actor import Actor
from hub.access.inbox_tokens import InboxHolder
from hub.access.sight import Sight
from hub.doors.act import Where
from hub.model import PropertyScope, Scope
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.session_cookie import SESSION
from hub.web.live_requests import is_by_itself
from hub.web.looks import Look, Looks
from hub.web.responses import Handler, Refusal
from hub.web.route import needed, row_of
from hub.web.services import services

CALLER: Final = web.RequestKey("caller", Caller)
"""Where `guard` stores the caller it let in."""
_OPEN: Final = frozenset({Where.PLACES, Where.COMPANY, Where.PERSON})


def caller_of(request: web.Request) -> Caller:
    """Return the caller that `guard` let in."""
    return request[CALLER]


def inbox_holder(request: web.Request) -> InboxHolder:
    """Return whose inbox the caller's token opens. `guard` lets nobody else in."""
    holder = caller_of(request).inbox
    if holder is None:
        raise person_only()
    return holder


def person_only() -> Refusal:
    return Refusal(
        403,
        "This is for the token of one person: no scope opens it.",
        "POST /api/inbox/tokens gives one.",
        reason="scope",
    )


def actor_of(request: web.Request, named: str = "") -> Actor:
    """
    Return the author of an act of the route; the act audits itself.

    `named` is the person in whose name a system acts; a session acts for itself alone.
    """
    deps, who = services(request), caller_of(request).who
    return Actor(
        who=who,
        notes=deps.audit,
        now=deps.now(),
        places=places_of(request),
        named="" if SESSION in request else named,
        looks=PageLooks(request),
    )


class PageLooks:
    """The looks of one request: those that an open page repeats by itself are in the audit already."""

    def __init__(self, request: web.Request) -> None:
        self._request = request

    def repeats(self, look: Look) -> bool:
        return is_by_itself(self._request) and not self._looks.is_new(self._whole(look))

    def put(self, look: Look) -> None:
        self._looks.put(self._whole(look))

    @property
    def _looks(self) -> Looks:
        return services(self._request).looks

    def _whole(self, look: Look) -> Look:
        return caller_of(self._request).who, *look


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


def sight_of(request: web.Request) -> Sight:
    """Return what the caller sees of people, and where."""
    return Sight(caller_of(request).reach)


def may_there(request: web.Request, scope: Scope) -> bool:
    """
    Return whether the caller has this scope anywhere: a page then offers the act, and each row checks anew.
    """
    return places_with(request, scope) != frozenset()


def everywhere_only() -> Refusal:
    return Refusal(
        403, "This is for who reaches all copropiedades.", "An administrator gives accounts.", reason="scope"
    )
