"""
CSRF protection: a change by cookie must come from our own page, not from another site in the same browser.

The browser sends the cookie with any request. SameSite=Strict stops most other sites, but not a page of a
sibling domain. So each change needs two proofs that such a page does not have: a browser header that names
our origin, and a token derived from the cookie. A sign-in has no cookie yet: there the header alone keeps
another site from signing a visitor in to its own account. A request with a key needs no proof: browsers
never send a key by themselves.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiohttp import hdrs, web

from hub.access.webhook_signatures import same
from hub.web.bodies import fields_of
from hub.web.responses import Refusal
from hub.web.services import access

SAFE_METHODS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf"
FETCH_SITE: Final = "Sec-Fetch-Site"
FORMS: Final = frozenset({"/", "/account", "/sign-out"})
"""Paths of HTML forms; all other paths accept only JSON."""


def refuse_other_sites(request: web.Request) -> None:
    """Raise Refusal for a change whose Origin header names another site."""
    origin = request.headers.get(hdrs.ORIGIN)
    if request.method in SAFE_METHODS or origin is None:
        return
    ours = {request.host, parts(access(request).settings.public_url).netloc}
    if parts(origin).netloc not in ours - {""}:
        raise Refusal(403, "Another site may not post here.", "Call the hub from its own page or a program.")


def require_own_page(request: web.Request) -> None:
    """Raise Refusal for a change unless a browser header says that our own page requested it."""
    refuse_other_sites(request)
    site = request.headers.get(FETCH_SITE)
    # Every browser since 2020 sends Origin with a POST; Sec-Fetch-Site is newer.
    if site not in {None, "same-origin"} or (site is None and hdrs.ORIGIN not in request.headers):
        raise Refusal(403, "This may be asked for by the hub's own page alone.", "A program needs a key.")


async def require_token(request: web.Request, token: str) -> None:
    """Raise Refusal unless the header or the form has this session's CSRF token."""
    given = request.headers.get(HEADER)
    if given is None and request.path in FORMS:
        given = (await fields_of(request)).get(FIELD)
    if given is None or not same(given, token):
        raise Refusal(403, "The page is not of this session.", f"Load it again; it sends {HEADER}.")


def parts(url: str) -> SplitResult:
    """Split a URL; an invalid one has only empty parts."""
    try:
        return urlsplit(url)
    except ValueError:  # "http://[" and the like
        return urlsplit("")
