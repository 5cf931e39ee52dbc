"""`/openapi.json`, `/asyncapi.json` and the page's files: built once at start, served from memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from aiohttp import hdrs, web

DOCUMENTS: Final[web.AppKey[Mapping[str, bytes]]] = web.AppKey("documents")
"""Path → body."""
FILE: Final = "/static/{name}"
_FILES: Final = Path(__file__).parent.parent / "static"
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


def files() -> dict[str, bytes]:
    """
    Return path → content of the page's files.

    Served from memory: a client that disconnects halfway would leave an open file behind.
    """
    return {FILE.format(name=path.name): path.read_bytes() for path in _FILES.iterdir()}


async def show(request: web.Request) -> web.Response:
    body = request.app[DOCUMENTS].get(request.path)
    if body is None:
        raise web.HTTPNotFound
    kind = _TYPES[PurePosixPath(request.path).suffix]
    return web.Response(body=body, headers={hdrs.CONTENT_TYPE: kind})
