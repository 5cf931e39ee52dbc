"""
CSRF protection: a change by cookie must come from our own page, not from another site in the same browser.

The browser sends the cookie with any request. SameSite=Strict stops most other sites, but not a page of a
sibling domain. So each change needs two proofs that such a page does not have: a browser header that names
our origin, and a token derived from the cookie. A sign-in has no cookie yet: there the header alone keeps
another site from signing a visitor in to its own account. A request with a key needs no proof: browsers
never send a key by themselves.
"""

from __future__ import annotations

from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from aiohttp import hdrs, web

from hub.access.webhook_signatures import same
from hub.settings import is_loopback
from hub.web.auth.client_address import client_scheme
from hub.web.bodies import fields_of
from hub.web.requests import CSRF
from hub.web.responses import Refusal
from hub.web.route import is_form, upload_of
from hub.web.services import access

SAFE_METHODS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
HEADER: Final = "X-CSRF-Token"
FETCH_SITE: Final = "Sec-Fetch-Site"
Origin: TypeAlias = tuple[str, str, int]
_PORTS: Final = {"http": 80, "https": 443}


def refuse_other_sites(request: web.Request) -> None:
    """Raise Refusal for a change whose Origin header names another site."""
    origin = request.headers.get(hdrs.ORIGIN)
    if request.method in SAFE_METHODS or origin is None:
        return
    if origin_of(origin) not in _own_origins(request) - {None}:
        raise Refusal(
            403,
            "Another site may not post here.",
            "Call the hub from its own page or a program.",
            reason="other_site",
        )


def require_own_page(request: web.Request) -> None:
    """Raise Refusal for a change unless a browser header shows that our own page requested it."""
    refuse_other_sites(request)
    site = request.headers.get(FETCH_SITE)
    # Every browser since 2020 sends Origin with a POST; Sec-Fetch-Site is newer.
    if site not in {None, "same-origin"} or (site is None and hdrs.ORIGIN not in request.headers):
        raise Refusal(
            403,
            "This may be asked for by the hub's own page alone.",
            "A program needs a key.",
            reason="other_site",
        )


async def require_token(request: web.Request, token: str) -> None:
    """Raise Refusal unless the header or the form has this session's CSRF token."""
    given = request.headers.get(HEADER)
    if given is None and is_form(request):
        given = (await fields_of(request, upload=upload_of(request))).get(CSRF)
    if given is None or not same(given, token):
        raise Refusal(
            403, "The page is not of this session.", f"Load it again; it sends {HEADER}.", reason="csrf"
        )


def _own_origins(request: web.Request) -> set[Origin | None]:
    public, scheme = origin_of(access(request).settings.public_url), client_scheme(request)
    here = origin_of(f"{scheme}://{request.host}")
    is_in_clear = public is not None and public[0] == "https" and scheme != "https"
    if here is not None and is_in_clear and not is_loopback(here[1]):
        # Where people come by TLS, a page in clear is another site: anybody on the way may have written it.
        return {public}
    return {public, here}


def origin_of(url: str) -> Origin | None:
    """Return scheme, host and port of a URL; None if it has no origin."""
    found = parts(url)
    try:
        port = found.port or _PORTS.get(found.scheme)
    except ValueError:  # "http://hub:port"
        return None
    return None if port is None or not found.hostname else (found.scheme, found.hostname, port)


def parts(url: str) -> SplitResult:
    """Split a URL; an invalid one has only empty parts."""
    try:
        return urlsplit(url)
    except ValueError:  # "http://[" and the like
        return urlsplit("")
