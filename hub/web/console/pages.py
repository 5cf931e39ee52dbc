"""Pages from templates, and what a browser sees instead of a JSON error."""

from __future__ import annotations

import secrets
from typing import Any, Final

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined

from hub.errors import Unavailable
from hub.web.responses import HEADERS, RETRY_AFTER, Handler, Refusal
from hub.web.services import access, services

SIGN_IN: Final = "/"
_CSP: Final = "Content-Security-Policy"
_TEMPLATES: Final = Environment(
    loader=PackageLoader("hub.web", "templates"), autoescape=True, undefined=StrictUndefined
)


@web.middleware
async def for_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For browsers: plain pages while PostgreSQL is down, and for 429; a 401 leads to the sign-in form."""
    if "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
        return await handler(request)
    try:
        return await handler(request)
    except Unavailable:
        return plain("away.html", request, status=503, headers={hdrs.RETRY_AFTER: RETRY_AFTER})
    except Refusal as refusal:
        if refusal.status == 429:
            return _busy(request, refusal)
        if refusal.status != 401:
            raise
        return redirect(SIGN_IN)


def _busy(request: web.Request, refusal: Refusal) -> web.Response:
    headers = dict(refusal.headers)
    seconds = headers.get(hdrs.RETRY_AFTER, RETRY_AFTER)
    return plain("busy.html", request, status=refusal.status, headers=headers, seconds=seconds)


def redirect(path: str) -> web.Response:
    """Redirect the browser to another page of ours, by GET (303)."""
    return web.Response(status=303, headers={hdrs.LOCATION: path})


def plain(
    template: str,
    request: web.Request,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> web.Response:
    """
    Respond with a page that needs no sign-in.

    Its style sheet is inline: a file would be one more route open to strangers.
    """
    nonce = secrets.token_urlsafe(16)
    response = page(template, request, nonce=nonce, **values)
    response.set_status(status)
    response.headers.update(headers or {})
    response.headers[_CSP] = HEADERS[_CSP].replace("style-src 'self'", f"style-src 'nonce-{nonce}'")
    return response


def page(template: str, request: web.Request, **values: Any) -> web.Response:
    text = _TEMPLATES.get_template(template).render(
        company=services(request).policy.company.name, guarded=access(request).api_key is not None, **values
    )
    return web.Response(text=text, content_type="text/html")
