"""`/openapi.json` and `/asyncapi.json`: made once at the start, served as they are."""

from __future__ import annotations

from aiohttp import web

from hub.web.keys import DOCUMENTS


async def show(request: web.Request) -> web.Response:
    """The document of this path."""
    return web.Response(body=request.app[DOCUMENTS][request.path], content_type="application/json")
