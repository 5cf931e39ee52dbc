"""The live page at `/`, and the form that lets a browser in."""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hub import words
from hub.web.access import COOKIE, SESSION_SECONDS, SIGN_IN, may_pass, new_session, same
from hub.web.answers import HEADERS
from hub.web.keys import API_KEY, MODE, POLICY, PUBLIC_URL

_CSP: Final = "Content-Security-Policy"
_PAGES: Final = Environment(
    loader=PackageLoader("hub.web", "templates"), autoescape=True, undefined=StrictUndefined
)
# In a script element only "<" could end it; as an escape it is the same JSON.
_WORDS: Final = Markup(msgspec.json.encode(words.EVERYTHING).decode().replace("<", "\\u003c"))  # noqa: S704 - see above


async def page(request: web.Request) -> web.Response:
    """The page, or the form for who has not shown the key."""
    key = request.app[API_KEY]
    if key is not None and not may_pass(request, key):
        return _form(request)
    mode = request.app[MODE]
    return _html("console.html", request, words=_WORDS, mode=mode, mode_words=words.MODES[mode])


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Exchange the key for a cookie. A page without a key has nothing to exchange."""
    key = request.app[API_KEY]
    given = (await request.post()).get("key", "")
    if key is not None and not (isinstance(given, str) and same(given.strip(), key)):
        return _form(request, wrong=True)
    answer = _back()
    if key is not None:
        answer.set_cookie(
            COOKIE,
            new_session(key, now=time.time()),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="Strict",
            secure=request.app[PUBLIC_URL].startswith("https:"),
        )
    return answer


async def sign_out(_request: web.Request) -> web.StreamResponse:
    """Forget the cookie."""
    answer = _back()
    answer.del_cookie(COOKIE)
    return answer


def _back() -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: SIGN_IN})


def _form(request: web.Request, *, wrong: bool = False) -> web.Response:
    # The style stands in the page: a file of it would be one more route that is open to strangers.
    nonce = secrets.token_urlsafe(16)
    response = _html("sign_in.html", request, nonce=nonce, wrong=wrong)
    response.set_status(401)
    response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    response.headers[_CSP] = HEADERS[_CSP].replace("style-src 'self'", f"style-src 'nonce-{nonce}'")
    return response


def _html(template: str, request: web.Request, **values: Any) -> web.Response:
    text = _PAGES.get_template(template).render(
        company=request.app[POLICY].company.name, guarded=request.app[API_KEY] is not None, **values
    )
    return web.Response(text=text, content_type="text/html")
