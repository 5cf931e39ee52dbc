"""Requests that an open page makes by itself, while perhaps nobody sits before it."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.web.responses import route_of

HEADER: Final = "Hub-Live"
"""Sent by the module that loads a page again after a change."""
USED: Final = "used"
"""The parameter of a stream's address: somebody has typed or clicked since the one before."""
_STREAMS: Final = frozenset({"/live", "/inbox/changes"})


def is_by_itself(request: web.Request) -> bool:
    """Return whether a page asks, and not the person before it: no use of a session, and no look anew."""
    if route_of(request) in _STREAMS:
        return USED not in request.query
    return HEADER in request.headers
