"""
Who may come in.

With HUB_API_KEY every route but `/health/*` needs a key, from whatever peer: that one, which may do
everything, a key of a system with one of the scopes that the table of routes names, or the session of
somebody who has signed in, with what his offices allow. The hooks of providers never do: what they take
is signed, which no browser can be made to do; and the link of an escalation is its own proof. Without
HUB_API_KEY only this machine may come in, and a browser here may not be made a tool of: a page from
elsewhere can point its own name at 127.0.0.1 (DNS rebinding) or post a form, so the
Host must be a loopback one and bodies must be JSON.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.cloudevents import BATCH_TYPE
from hub.model import Scope
from hub.settings import is_loopback
from hub.web.auth.api_key_cache import BOOTSTRAP, THIS_MACHINE, Caller
from hub.web.auth.audit import CALLER
from hub.web.auth.csrf import (
    FORMS,
    SAFE_METHODS,
    parts,
    refuse_other_sites,
    require_own_page,
    require_token,
    same,
)
from hub.web.auth.session_cookie import SESSION, session_of
from hub.web.responses import Handler, Refusal, route_of
from hub.web.route import SIGNED_IN, needed
from hub.web.services import access

_JSON_TYPES: Final = ("application/json", "application/cloudevents+json", BATCH_TYPE)
SIGNED_PATHS: Final = frozenset({CALLBACKS, INBOUND, RECEIPTS, REPLIES, WHATSAPP_HOOK})
"""What providers call from anywhere: the handler refuses whatever they have not signed."""


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in or refuse, before any handler sees the request."""
    if route_of(request) in SIGNED_PATHS:
        return await handler(request)
    key = access(request).api_key
    if key is None:
        _require_this_machine(request)
    refuse_other_sites(request)
    _require_json(request)
    scopes = needed(request)
    if scopes is not None:
        request[CALLER] = await _let_in(request, scopes)
    return await handler(request)


async def _let_in(request: web.Request, scopes: frozenset[Scope]) -> Caller:
    """Answer who calls; raises Refusal for a stranger and for whoever may not."""
    caller = await identify(request)
    if caller is None:
        raise Refusal(
            401,
            "This needs the hub's API key.",
            "Send it as `Authorization: Bearer KEY`, or sign in at / with a browser.",
            headers={hdrs.WWW_AUTHENTICATE: "Bearer"},
        )
    session = request.get(SESSION)
    if session is not None and request.method not in SAFE_METHODS:
        require_own_page(request)
        await require_token(request, session.csrf)
    if scopes == SIGNED_IN:
        _require_session(request)
    elif not caller.may(scopes):
        wanted = " or ".join(sorted(scopes))
        raise Refusal(
            403,
            f"The caller has not the scope for this: {wanted}.",
            "An administrator gives keys and offices.",
        )
    return caller


async def identify(request: web.Request) -> Caller | None:
    """Answer who calls; None for a stranger. His session, if he has one, is put beside him."""
    key = access(request).api_key
    if key is not None and same(_bearer(request), key):
        return BOOTSTRAP
    if holder := await _holder(request):
        return holder
    if session := await session_of(request):
        request[SESSION] = session
        return session.caller
    return THIS_MACHINE if key is None else None


def _require_session(request: web.Request) -> None:
    if SESSION not in request:
        raise Refusal(
            403, "No scope opens this: it is for who has signed in.", "Sign in at / with a browser."
        )


async def _holder(request: web.Request) -> Caller | None:
    """Answer whose key it is; processes that have only metrics to show know no keys of systems."""
    keyring = access(request).keyring
    return None if keyring is None else await keyring.caller(_bearer(request))


def _bearer(request: web.Request) -> str:
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _require_this_machine(request: web.Request) -> None:
    host = parts(f"//{request.host}").hostname or ""
    # A Unix socket has no peer address.
    if is_loopback(host) and (not request.remote or is_loopback(request.remote)):
        return
    raise Refusal(
        403,
        "Without an API key the hub speaks only to this machine, under a loopback name.",
        "Use http://127.0.0.1 or set HUB_API_KEY.",
    )


def _require_json(request: web.Request) -> None:
    if request.method in SAFE_METHODS or not request.body_exists or request.path in FORMS:
        return
    # A form of another site can post text/plain and urlencoded without asking, but never JSON.
    if request.content_type not in _JSON_TYPES:
        raise Refusal(415, "Bodies are JSON.", "Send `Content-Type: application/json`.")
