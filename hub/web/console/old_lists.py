"""Addresses of lists that are saved views of matters now: bookmarks, and links in mails that have left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from hub.rendering.page_links import CASES

_OF_CLOCKS: Final[Mapping[str, Mapping[str, str]]] = {
    "breached": {"view": "overdue"},
    "at_risk": {"view": "at_risk"},
    "met": {"view": "all", "state": "closed"},
    "cancelled": {"view": "all", "state": "closed"},
}
"""State of a promise → the view of its matters."""
_OF_REPLIES: Final[Mapping[str, Mapping[str, str]]] = {
    "mine": {"view": "mine"},
    "unassigned": {"view": "unowned"},
    "answered": {"view": "all"},
    "closed": {"view": "all"},
    "emergency": {"kind": "emergencies"},
}
_KEPT: Final = ("copropiedad", "area", "level", "format")


async def clocks(request: web.Request) -> web.StreamResponse:
    """Lead from the board of promises to its view."""
    given = request.query
    asked = dict(_OF_CLOCKS.get(given.get("state", ""), {}))
    asked |= {"promise": name} if (name := given.get("name")) else {} if asked else {"kind": "promises"}
    return _lead(request, asked)


async def replies(request: web.Request) -> web.StreamResponse:
    """Lead from the list of replies to its view."""
    return _lead(request, {"kind": "replies", **_OF_REPLIES.get(request.query.get("view", ""), {})})


def _lead(request: web.Request, asked: Mapping[str, str]) -> web.Response:
    kept = {name: value for name in _KEPT if (value := request.query.get(name))}
    query = urlencode({**asked, **kept})
    return web.Response(status=308, headers={hdrs.LOCATION: f"{CASES}?{query}" if query else CASES})
