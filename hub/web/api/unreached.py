"""Events that do not reach all their recipients, over HTTP."""

from __future__ import annotations

from aiohttp import web

from hub.web.auth.scope import places_of
from hub.web.responses import json_answer
from hub.web.schemas.common import PageQuery
from hub.web.services import services


async def list_unreached(request: web.Request, query: PageQuery) -> web.Response:
    """List events that do not reach all their recipients, newest first."""
    log = services(request).log
    return json_answer(await log.unreached(after=query.after, limit=query.limit, places=places_of(request)))
