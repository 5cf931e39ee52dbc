"""
That it was our own page that asked for a change, and not one of another site in the same browser.

A cookie is sent along whoever asks; SameSite=Strict keeps most from that, and not a page of a sibling
domain. So each change needs two things that such a page has not: a header of the browser that names us,
and a token made of the cookie. Signing in has no cookie yet: there the header alone keeps another site
from signing somebody in as its own account. A key of a system is sent by nobody unasked and needs neither.
"""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiohttp import hdrs, web

from hub.web.auth.form import fields_of
from hub.web.responses import Refusal
from hub.web.services import access

SAFE_METHODS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf"
FETCH_SITE: Final = "Sec-Fetch-Site"
FORMS: Final = frozenset({"/", "/account", "/sign-out"})
"""What is posted by forms without scripts; everything else takes JSON."""


def refuse_other_sites(request: web.Request) -> None:
    """Raise Refusal for a change that a browser says another site has asked for."""
    origin = request.headers.get(hdrs.ORIGIN)
    if request.method in SAFE_METHODS or origin is None:
        return
    ours = {request.host, parts(access(request).settings.public_url).netloc}
    if parts(origin).netloc not in ours - {""}:
        raise Refusal(403, "Another site may not post here.", "Call the hub from its own page or a program.")


def require_own_page(request: web.Request) -> None:
    """Raise Refusal for a change of which the browser does not say that our own page has asked for it."""
    refuse_other_sites(request)
    site = request.headers.get(FETCH_SITE)
    # Every browser since 2020 sends an Origin with what it posts; the other header is newer still.
    if site not in {None, "same-origin"} or (site is None and hdrs.ORIGIN not in request.headers):
        raise Refusal(403, "This may be asked for by the hub's own page alone.", "A program needs a key.")


async def require_token(request: web.Request, token: str) -> None:
    """Raise Refusal for a change without the token of this session, in the header or the form."""
    given = request.headers.get(HEADER)
    if given is None and request.path in FORMS:
        given = (await fields_of(request)).get(FIELD)
    if given is None or not same(given, token):
        raise Refusal(403, "The page is not of this session.", f"Load it again; it sends {HEADER}.")


def same(given: str, expected: str) -> bool:
    """Compare in constant time; a stranger's bytes may be anything, also not UTF-8."""
    return hmac.compare_digest(
        given.encode(errors="surrogateescape"), expected.encode(errors="surrogateescape")
    )


def parts(url: str) -> SplitResult:
    """Take a URL apart; one that is none has no parts."""
    try:
        return urlsplit(url)
    except ValueError:  # "http://[" and the like
        return urlsplit("")
