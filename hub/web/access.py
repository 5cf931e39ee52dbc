"""
Who may come in.

With HUB_API_KEY every route but `/health/*` needs a key, from whatever peer: that one, which may do
everything, the cookie that the sign-in form of `/` gives in exchange for it, or a key of a system with
one of the scopes that the table of routes names. The hooks of providers never do: what they take
is signed, which no browser can be made to do. Without HUB_API_KEY only this machine may come in, and
a browser here may not be made a tool of: a page from elsewhere can point its own name at 127.0.0.1
(DNS rebinding) or post a form, so the Host must be a loopback one and bodies must be JSON.
"""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiohttp import hdrs, web

from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.hooks import RECEIPTS, REPLIES
from hub.channels.whatsapp.reports import HOOK as WHATSAPP_HOOK
from hub.model import Scope
from hub.web.answers import Handler, Refusal, route_of
from hub.web.keyring import BOOTSTRAP, CONSOLE, THIS_MACHINE, Caller
from hub.web.keys import API_KEY, KEYRING, PUBLIC_URL, RULES
from hub.web.noting import CALLER

COOKIE: Final = "hub_session"
SESSION_SECONDS: Final = 12 * 3600
_JSON_TYPES: Final = ("application/json", "application/cloudevents+json")
_SAFE_METHODS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
SIGN_IN: Final = "/"
UNKNOWN: Final = frozenset({Scope.ADMIN})
"""What is needed where the table of routes says nothing."""
SIGNED_PATHS: Final = frozenset({CALLBACKS, INBOUND, RECEIPTS, REPLIES, WHATSAPP_HOOK})
"""What providers call from anywhere: the handler refuses whatever they have not signed."""


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in or refuse, before any handler sees the request."""
    if route_of(request) in SIGNED_PATHS:
        return await handler(request)
    key = request.app[API_KEY]
    if key is None:
        _require_this_machine(request)
    _refuse_other_sites(request)
    _require_json(request)
    needed = request.app[RULES].get((request.method, route_of(request)), UNKNOWN)
    if needed is not None:
        request[CALLER] = await _let_in(request, key, needed)
    return await handler(request)


async def _let_in(request: web.Request, key: str | None, needed: frozenset[Scope]) -> Caller:
    """Answer who calls; raises Refusal for a stranger and for whoever has none of the scopes."""
    caller = _administrator(request, key) or await _holder(request)
    if caller is None and key is None:
        caller = THIS_MACHINE
    if caller is None:
        raise Refusal(
            401,
            "This needs the hub's API key.",
            "Send it as `Authorization: Bearer KEY`, or sign in at / with a browser.",
            headers={hdrs.WWW_AUTHENTICATE: "Bearer"},
        )
    if not caller.may(needed):
        wanted = " or ".join(sorted(needed))
        raise Refusal(403, f"The key has not the scope for this: {wanted}.", "An administrator gives keys.")
    return caller


def _administrator(request: web.Request, key: str | None) -> Caller | None:
    if key is None:
        return None
    if same(_bearer(request), key):
        return BOOTSTRAP
    return CONSOLE if is_session(request.cookies.get(COOKIE, ""), key, now=time.time()) else None


async def _holder(request: web.Request) -> Caller | None:
    """Answer whose key it is; processes that have only metrics to show know no keys of systems."""
    keyring = request.app.get(KEYRING)
    return None if keyring is None else await keyring.caller(_bearer(request))


def _bearer(request: web.Request) -> str:
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def may_pass(request: web.Request, key: str) -> bool:
    """Tell whether the request brings the administrator's key or a session made with it."""
    return _administrator(request, key) is not None


def same(given: str, expected: str) -> bool:
    """Compare in constant time; a stranger's bytes may be anything, also not UTF-8."""
    return hmac.compare_digest(
        given.encode(errors="surrogateescape"), expected.encode(errors="surrogateescape")
    )


def new_session(key: str, *, now: float) -> str:
    """Make a cookie's value: when it ends, signed with the key, never the key itself."""
    ends = str(int(now) + SESSION_SECONDS)
    return f"{ends}.{_sign(ends, key)}"


def is_session(value: str, key: str, *, now: float) -> bool:
    """Tell whether the cookie was made with this key and has not ended."""
    ends, _, signature = value.partition(".")
    return same(signature, _sign(ends, key)) and ends.isdecimal() and int(ends) > now


def _sign(ends: str, key: str) -> str:
    text = f"hub console session until {ends}".encode(errors="surrogateescape")
    return hmac.new(key.encode(), text, sha256).hexdigest()


def _require_this_machine(request: web.Request) -> None:
    host = _parts(f"//{request.host}").hostname or ""
    # A Unix socket has no peer address.
    if is_loopback(host) and (not request.remote or is_loopback(request.remote)):
        return
    raise Refusal(
        403,
        "Without an API key the hub speaks only to this machine, under a loopback name.",
        "Use http://127.0.0.1 or set HUB_API_KEY.",
    )


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # "http://[" and the like
        return urlsplit("")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_other_sites(request: web.Request) -> None:
    origin = request.headers.get(hdrs.ORIGIN)
    if request.method in _SAFE_METHODS or origin is None:
        return
    ours = {request.host, _parts(request.app[PUBLIC_URL]).netloc}
    if _parts(origin).netloc not in ours - {""}:
        raise Refusal(403, "Another site may not post here.", "Call the hub from its own page or a program.")


def _require_json(request: web.Request) -> None:
    if request.method in _SAFE_METHODS or not request.body_exists or request.path == SIGN_IN:
        return
    # A form of another site can post text/plain and urlencoded without asking, but never JSON.
    if request.content_type not in _JSON_TYPES:
        raise Refusal(415, "Bodies are JSON.", "Send `Content-Type: application/json`.")
