"""Pages from templates, and what a browser sees instead of a JSON error."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from aiohttp import hdrs, web
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from hub.errors import HubError, StorageUnavailable, Unavailable
from hub.rendering.filters import fecha, fecha_hora, inicial, plazo, punto
from hub.rendering.page_links import account_path, case_path, key_path, person_path
from hub.web.auth.caller import CALLER
from hub.web.auth.session_cookie import SESSION
from hub.web.responses import HEADERS, RETRY_AFTER, Handler, Refusal, refusal_of
from hub.web.route import row_of
from hub.web.services import access, services

SIGN_IN: Final = "/"
_SECTIONS: Final = (
    "messages|cases|clocks|dead|replies|people|letters|posters|surveys|indicators|templates|channels|audit|accounts"
    "|keys|webhooks|search|bulk|events"
)
_LINKED: Final = re.compile(rf"/({_SECTIONS})(/[^/?#\\\s]{{1,3000}}){{0,3}}(\?[^#\\\s]{{0,3000}})?")
"""The console's own pages. No other path is taken from a query: it could lead to another site."""
_OUTSIDE: Final = re.compile(r"/(mi|v)(/|$)|/(s|d|b|unsubscribe)/")
"""Pages for people outside the staff."""
_FILES: Final = ("/metrics", "/openapi.json", "/asyncapi.json")
_REFUSALS_ES: Final[Mapping[int, tuple[str, str]]] = {
    400: (
        "No se entiende lo que pide la página",
        "Vuelva atrás, revise los campos e intente otra vez.",
    ),
    403: (
        "No tiene permiso para esto",
        "Pida a un administrador el cargo que lo permite, o cargue otra vez.",
    ),
    404: ("Aquí no hay nada", "Puede haberse borrado, o ser de una copropiedad que usted no ve."),
    409: (
        "Ya no se puede",
        "Alguien lo hizo antes, o cambió mientras tanto. Mire cómo está ahora.",
    ),
    413: ("Es demasiado de una vez", "Pida menos: un período más corto o un filtro más."),
}
"""Status → what is wrong, and what to do about it."""
_CSP: Final = "Content-Security-Policy"
_FRAME_CSP: Final = (
    # It may run nothing, load nothing and lead nowhere.
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_TEMPLATES: Final = Environment(
    loader=ChoiceLoader(
        [
            PackageLoader("hub.web", "templates"),
            PrefixLoader(
                {"doors": PackageLoader("hub.doors", "templates"), "desk": PackageLoader("hub", "desk")}
            ),
        ]
    ),
    autoescape=True,
    undefined=StrictUndefined,
)

_TEMPLATES.filters |= {
    "fecha": fecha,
    "fecha_hora": fecha_hora,
    "inicial": inicial,
    "plazo": plazo,
    "punto": punto,
}


_TEMPLATES.globals |= {
    "account_path": account_path,
    "case_path": case_path,
    "key_path": key_path,
    "person_path": person_path,
}


@web.middleware
async def for_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """
    For browsers: pages while PostgreSQL is down, and for 429; a 401 leads to the sign-in form.

    Residents, whom a problem in JSON would tell nothing, have a page for every refusal.
    """
    if "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
        return await handler(request)
    try:
        return await handler(request)
    except Unavailable as error:
        return _away(request, error)
    except (Refusal, HubError) as error:
        shown = _refused(request, error if isinstance(error, Refusal) else refusal_of(error))
        if shown is None:
            raise
        return shown


def _away(request: web.Request, error: Unavailable) -> web.Response:
    headers: dict[str, str] = {hdrs.RETRY_AFTER: RETRY_AFTER}
    if _OUTSIDE.match(request.path):
        return _stopped(request, "away", 503, headers)
    is_store = isinstance(error, StorageUnavailable)
    return _framed("away.html", request, status=503, headers=headers, is_store=is_store)


def _refused(request: web.Request, refusal: Refusal) -> web.Response | None:
    if refusal.status == 429:
        return _busy(request, refusal)
    if _OUTSIDE.match(request.path):
        return _stopped(request, "refused", refusal.status, dict(refusal.headers))
    if refusal.status == 401:
        # What was searched for may be a name: it does not go into another address.
        is_search = request.path == "/search"
        return redirect(sign_in_path(request.path if is_search else request.rel_url.raw_path_qs))
    return _explained(request, refusal.status) if _is_page(request) else None


def _is_page(request: web.Request) -> bool:
    """Return whether a page of the console was asked for: programs read the API's own problems."""
    row = row_of(request)
    return row is not None and not row.answers and row.needs is not None and not request.path.endswith(_FILES)


def _explained(request: web.Request, status: int) -> web.Response | None:
    words = _REFUSALS_ES.get(status)
    return None if words is None else _framed("refused.html", request, status=status, headers={}, said=words)


def _framed(
    template: str, request: web.Request, *, status: int, headers: Mapping[str, str], **values: Any
) -> web.Response:
    """Respond with a page that has the console's frame for who has signed in, so that they can go on."""
    from hub.web.console.shell import own_page  # noqa: PLC0415 - the shell is made of this module

    session = request.get(SESSION)
    if CALLER not in request and session is not None:
        # Refused before it was let in: nothing but the page reads from now on who it is.
        request[CALLER] = session.caller
    section = f"/{request.path.split('/')[1]}"
    if CALLER in request:
        response = own_page(template, request, here=section, status=status, **values)
    else:
        response = plain(template, request, status=status, frame="plain.html", **values)
    response.headers.update(headers)
    return response


def _stopped(request: web.Request, why: str, status: int, headers: dict[str, str]) -> web.Response:
    company = services(request).policy.company
    values = {"why": why, "phone": company.phone, "email": company.email}
    return plain("stopped.html", request, status=status, headers=headers, **values)


def _busy(request: web.Request, refusal: Refusal) -> web.Response:
    headers = dict(refusal.headers)
    seconds = headers.get(hdrs.RETRY_AFTER, RETRY_AFTER)
    return _framed("busy.html", request, status=refusal.status, headers=headers, seconds=seconds)


def sign_in_path(path: str, form: str = SIGN_IN) -> str:
    """Return the path of the sign-in form, which leads on to `path` if mails link to that page."""
    return f"{form}?next={quote(path, safe='')}" if _LINKED.fullmatch(path) else form


def return_path(request: web.Request) -> str:
    """Return the page that somebody asked for before signing in; empty if it is none that mails link to."""
    path = request.query.get("next", "")
    return path if _LINKED.fullmatch(path) else ""


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


def with_frame(response: web.Response) -> web.Response:
    """Let a page of ours show a `framed` document."""
    response.headers[_CSP] = f"{HEADERS[_CSP]}; frame-src 'self'"
    return response


def framed(html: str) -> web.Response:
    """Respond with a document of its own for a frame: what it says is not ours."""
    headers = {_CSP: _FRAME_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return web.Response(text=html, content_type="text/html", headers=headers)


def rendered(template: str, **values: Any) -> Markup:
    """Return a part of a page that something else makes."""
    return Markup(_TEMPLATES.get_template(template).render(**values))  # noqa: S704 - of an escaping template


def page(template: str, request: web.Request, **values: Any) -> web.Response:
    text = _TEMPLATES.get_template(template).render(
        company=services(request).policy.company.name, guarded=access(request).api_key is not None, **values
    )
    return web.Response(text=text, content_type="text/html")
