"""
Access control for every request.

With HUB_API_KEY every route except `/health/*` needs credentials, from any peer. They are: HUB_API_KEY,
which allows everything; a system's key with a scope that the route needs; the token that opens one
person's inbox; or the session of a signed-in account, with the scopes of its offices. Provider hooks need
none: their calls are signed, and no browser can be tricked into signing. The link of an escalation carries
its own signature. Without HUB_API_KEY only this machine may call, and no website may misuse a browser on
it: a page from elsewhere can point its own name at 127.0.0.1 (DNS rebinding) or post a form. So the Host
must be a loopback name and bodies must be JSON.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from hub.access.genuine_codes import PATH as GENUINE_PATH
from hub.access.inbox_tokens import InboxHolder
from hub.access.resident_links import CODE_PATH
from hub.access.resident_links import PATH as RESIDENT_PATH
from hub.access.survey_links import PATH as SURVEY_PATH
from hub.access.webhook_signatures import same
from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.cloudevents import BATCH_TYPE
from hub.doors.act import Where
from hub.inbound.unsubscribe import PATH as UNSUBSCRIBE_PATH
from hub.model import Scope
from hub.settings import is_loopback
from hub.web.auth.api_key_cache import BOOTSTRAP, THIS_MACHINE, Caller
from hub.web.auth.caller import CALLER, person_only
from hub.web.auth.client_address import client_address
from hub.web.auth.csrf import (
    SAFE_METHODS,
    parts,
    refuse_other_sites,
    require_own_page,
    require_token,
)
from hub.web.auth.refusals import NO_CREDENTIALS, SESSION_REASON
from hub.web.auth.session_cookie import SESSION, cookie_name, session_of
from hub.web.responses import Handler, Refusal, route_of
from hub.web.route import SIGNED_IN, is_form, needed, row_of
from hub.web.services import access

_JSON_TYPES: Final = ("application/json", "application/cloudevents+json", BATCH_TYPE)
ENDED: Final = "ended"
"""The reason of a token that was right: a portal that asks with it guesses nothing."""
SIGNED_PATHS: Final = frozenset({CALLBACKS, INBOUND, RECEIPTS, REPLIES, WHATSAPP_HOOK})
"""Hooks that providers call from any address; their handlers refuse unsigned calls."""
SIGNED_FORMS: Final = frozenset({CODE_PATH, GENUINE_PATH, RESIDENT_PATH, SURVEY_PATH, UNSUBSCRIBE_PATH})
"""Forms whose address is the proof: neither a cookie nor a key counts there."""


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the request in or refuse it, before any handler sees it."""
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
    """Return the caller. Raises Refusal: 401 without credentials, 403 without a scope or CSRF proof."""
    caller = await identify(request)
    if caller is None:
        raise Refusal(
            401,
            "This needs the hub's API key.",
            "Send it as `Authorization: Bearer KEY`, or sign in at / with a browser.",
            headers={hdrs.WWW_AUTHENTICATE: "Bearer"},
            reason=why_unknown(request),
        )
    await _require_proof(request)
    row = row_of(request)
    if row is not None and row.where is Where.PERSON:
        if caller.inbox is None:
            raise person_only()
    elif scopes == SIGNED_IN:
        _require_session(request)
    elif not caller.may(scopes):
        wanted = " or ".join(sorted(scopes))
        raise Refusal(
            403,
            f"The caller has not the scope for this: {wanted}.",
            "An administrator gives keys and offices.",
            reason="scope",
        )
    return caller


async def _require_proof(request: web.Request) -> None:
    """Raise Refusal for a change that another site may have made a browser ask for."""
    session = request.get(SESSION)
    if request.method in SAFE_METHODS:
        return
    if session is not None:
        require_own_page(request)
        await require_token(request, session.csrf)
    elif is_form(request) and not _bearer(request):
        # Without HUB_API_KEY a browser on this machine has no session, and so no token.
        require_own_page(request)


async def identify(request: web.Request) -> Caller | None:
    """Return the caller; None without valid credentials. Stores the session, if any, in the request."""
    key, given = access(request).api_key, _bearer(request)
    if key is not None and same(given, key):
        return BOOTSTRAP
    if key_caller := await _key_caller(request):
        return key_caller
    if holder := _live_token(request):
        return Caller(who=f"inbox:{holder.person}", reach={}, inbox=holder)
    if key is not None and given:
        # A wrong key is refused before its cookie is looked up: a guess costs the database nothing.
        return None
    if session := await session_of(request):
        request[SESSION] = session
        return session.caller
    return THIS_MACHINE if key is None else None


def why_unknown(request: web.Request) -> str:
    """Return why a caller is unknown, for the count of refusals."""
    given, tokens = _bearer(request), access(request).inbox_tokens
    if given and tokens is not None and tokens.holder(given) is not None:
        return ENDED
    if given:
        return "key"
    return SESSION_REASON if cookie_name(request) in request.cookies else NO_CREDENTIALS


def _require_session(request: web.Request) -> None:
    if SESSION not in request:
        raise Refusal(
            403,
            "No scope opens this: it is for who has signed in.",
            "Sign in at / with a browser.",
            reason="scope",
        )


async def _key_caller(request: web.Request) -> Caller | None:
    """Return the caller of a system's key. The metrics listener has no keyring."""
    keyring = access(request).keyring
    return None if keyring is None else await keyring.caller(_bearer(request))


def _live_token(request: web.Request) -> InboxHolder | None:
    tokens = access(request).inbox_tokens
    return None if tokens is None else tokens.live(_bearer(request))


def _bearer(request: web.Request) -> str:
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _require_this_machine(request: web.Request) -> None:
    host = parts(f"//{request.host}").hostname or ""
    address = client_address(request)
    # A Unix socket has no peer address.
    if is_loopback(host) and (not address or is_loopback(address)):
        return
    raise Refusal(
        403,
        "Without an API key the hub answers only this machine, under a loopback name.",
        "Use http://127.0.0.1 or set HUB_API_KEY.",
        reason="not_local",
    )


def _require_json(request: web.Request) -> None:
    if request.method in SAFE_METHODS or not request.body_exists or is_form(request):
        return
    if route_of(request) in SIGNED_FORMS:
        return
    # Another site's form can post text/plain and urlencoded without a preflight, but not JSON.
    if request.content_type not in _JSON_TYPES:
        raise Refusal(415, "Bodies are JSON.", "Send `Content-Type: application/json`.")
