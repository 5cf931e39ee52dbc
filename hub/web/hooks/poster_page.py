"""
The page behind the QR code of a poster: its words, and whether it still holds.

It is open to every passer-by, and has nothing that does not hang on the wall. A GET changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

from aiohttp import web
from markupsafe import Markup

from hub.model.posters import PosterNotice
from hub.storage import posters
from hub.web.auth.refusals import REASON
from hub.web.console.pages import rendered
from hub.web.hooks.linked_document import opened_too_often, with_contact
from hub.web.services import services

_PAGE: Final = "poster_link.html"
_BANNER: Final = "poster_banner.html"
_BODY: Final = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_POLICY: Final = (
    # The stored page contains its style sheet; it runs no script and loads nothing.
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


async def show(request: web.Request) -> web.Response:
    """Show the notice, and above it whether it holds."""
    deps = services(request)
    poster_id = deps.poster_links.read(request.match_info["token"])
    if poster_id is None:
        request[REASON] = "link"
        return with_contact(_PAGE, request, "wrong", 403)
    if not deps.poster_rate.admits(poster_id):
        raise opened_too_often()
    notice = await posters.notice(deps.database, poster_id)
    return with_contact(_PAGE, request, "gone", 410) if notice is None else _notice(request, notice)


def _notice(request: web.Request, notice: PosterNotice) -> web.Response:
    company = services(request).policy.company
    banner = rendered(
        _BANNER,
        why=notice.ended_by,
        until=notice.holds_until,
        phone=company.phone,
        email=company.email,
    )
    return web.Response(
        text=_with_banner(notice.page.html, banner),
        content_type="text/html",
        headers={
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "no-referrer",
        },
    )


def _with_banner(html: str, banner: Markup) -> str:
    """Put the banner at the head of the page; a layout without a main part gets one around both."""
    body = _BODY.search(html)
    at, end = body.end() if body else 0, html.rfind("</body>")
    if end < at or "<main" in html:
        return f"{html[:at]}{banner}{html[at:]}"
    return f"{html[:at]}<main>{banner}{html[at:end]}</main>{html[end:]}"
