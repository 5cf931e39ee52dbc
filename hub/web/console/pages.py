"""Pages from templates: the console's, strangers', and documents in a frame."""

from __future__ import annotations

import secrets
from typing import Any, Final

from aiohttp import hdrs, web
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from hub.people.units import own_name
from hub.rendering import near_dates
from hub.rendering.actors_es import who_es
from hub.rendering.figures_es import many
from hub.rendering.filters import (
    dia_corto,
    dia_semana,
    fecha,
    fecha_corta,
    fecha_hora,
    hora,
    inicial,
    pesos,
    plazo,
    punto,
    telefono,
)
from hub.rendering.page_links import account_path, building_path, case_path, key_path, person_path
from hub.web.documents.serve import file_path, takes_gzip
from hub.web.responses import HEADERS
from hub.web.services import access, services

SIGN_IN: Final = "/"
_WORTH_PACKING: Final = 1400
"""Letters: less goes in one packet as it is."""
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
    "dia_corto": dia_corto,
    "dia_semana": dia_semana,
    "fecha": fecha,
    "fecha_corta": fecha_corta,
    "fecha_hora": fecha_hora,
    "hora": hora,
    "inicial": inicial,
    "left": near_dates.left,
    "pesos": pesos,
    "many": many,
    "near": near_dates.near,
    "plazo": plazo,
    "punto": punto,
    "telefono": telefono,
    "quien": who_es,
    "term": near_dates.term,
    "propio": own_name,
    "whole": near_dates.whole,
    "whole_term": near_dates.whole_term,
}


_TEMPLATES.globals |= {
    "file_path": file_path,
    "account_path": account_path,
    "building_path": building_path,
    "case_path": case_path,
    "key_path": key_path,
    "own_name": own_name,
    "person_path": person_path,
}


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
    """Respond with a document of its own for a frame: its words are not ours."""
    headers = {_CSP: _FRAME_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return web.Response(text=html, content_type="text/html", headers=headers)


def rendered(template: str, **values: Any) -> Markup:
    """Return a part of a page that something else makes."""
    return Markup(_TEMPLATES.get_template(template).render(**values))  # noqa: S704 - of an escaping template


def page(template: str, request: web.Request, **values: Any) -> web.Response:
    text = _TEMPLATES.get_template(template).render(
        company=services(request).policy.company.name, guarded=access(request).api_key is not None, **values
    )
    response = web.Response(text=text, content_type="text/html")
    if len(text) > _WORTH_PACKING and takes_gzip(request):
        # The length of a packed page gives away a secret in it (BREACH) to a site that makes the browser ask
        # for it with chosen words. None can: the cookies are SameSite=Strict.
        response.enable_compression(web.ContentCoding.gzip)
    return response
