"""Refusals and outages as a browser sees them: a page instead of a JSON error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web

from hub.errors import HubError, StorageUnavailable, Unavailable
from hub.web.auth.caller import CALLER
from hub.web.auth.session_cookie import SESSION
from hub.web.bodies import words_of
from hub.web.console.pages import plain, redirect
from hub.web.console.return_link import sign_in_path
from hub.web.console.shell import own_page
from hub.web.console.wrong_es import STATUSES_ES
from hub.web.responses import RETRY_AFTER, Handler, Refusal, refusal_of
from hub.web.route import row_of
from hub.web.services import services

_OUTSIDE: Final = re.compile(r"/(mi|v)(/|$)|/(s|d|b|unsubscribe)/")
"""Pages for people outside the staff."""
_FILES: Final = ("/metrics", "/openapi.json", "/asyncapi.json")


@web.middleware
async def for_browsers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """
    Answer browsers with pages while PostgreSQL is down, and for 429; a 401 leads to the sign-in form.

    Residents get a page for every refusal: a problem in JSON would tell them nothing.
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
        why = "heavy" if refusal.status == 413 else "refused"
        return _stopped(request, why, refusal.status, dict(refusal.headers))
    if refusal.status == 401:
        # The words of a search may be a name: they do not go into another address.
        is_search = request.path == "/search"
        return redirect(sign_in_path(request, request.path if is_search else request.rel_url.raw_path_qs))
    return _explained(request, refusal.status) if _is_page(request) else None


def _is_page(request: web.Request) -> bool:
    """Return whether a page of the console was asked for: programs read the API's own problems."""
    row = row_of(request)
    return row is not None and not row.answers and row.needs is not None and not request.path.endswith(_FILES)


def _explained(request: web.Request, status: int) -> web.Response | None:
    words = STATUSES_ES.get(status)
    return None if words is None else _framed("refused.html", request, status=status, headers={}, said=words)


def _framed(
    template: str, request: web.Request, *, status: int, headers: Mapping[str, str], **values: Any
) -> web.Response:
    """
    Respond with a page; an account that has signed in gets the console's frame, so that they can go on.

    It has the words that were typed, unless they may come from another site (403).
    """
    values["lost"] = () if status == HTTPStatus.FORBIDDEN else words_of(request)
    session = request.get(SESSION)
    if CALLER not in request and session is not None:
        # It was refused before the caller was known: from now on only the page reads the caller.
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
