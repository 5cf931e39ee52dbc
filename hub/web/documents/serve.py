"""
Documents and the pages' files: each is made with its gzip when it is first asked for, and served from memory.

The address of a file has the digest of all of them: a browser keeps it for good, and asks for the next ones
once a page of another version names them. A page of another process's version, while a new one is being
put in place, gets the file that this process has, and keeps it not.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

from aiohttp import hdrs, web

FILE: Final = "/static/{digest}/{name}"
_FILES: Final = Path(__file__).parent.parent / "static"
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "private, max-age=31536000, immutable"
"""A year. Private: whoever reads a file has signed in."""
GZIP: Final = "gzip"
_TAKEN: Final = re.compile(r"gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
"""RFC 9110, 12.4.2: a weight of 0 says "not acceptable"."""


class Document:
    """A text and its gzip. A hub starts without them: to make and to pack both takes a tenth of a second."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make

    @cached_property
    def body(self) -> bytes:
        return self._make()

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.body, mtime=0)


DOCUMENTS: Final[web.AppKey[Mapping[str, Document]]] = web.AppKey("documents")
"""Path → document."""


@cache
def files() -> Mapping[str, Document]:
    """
    Return name → content of the pages' files.

    Served from memory: a client that disconnects halfway would leave an open file behind.
    """
    return {path.name: Document(path.read_bytes) for path in sorted(_FILES.iterdir())}


@cache
def digest() -> str:
    """Return the digest of all files, which differs once one of them does."""
    whole = sha256()
    for name, file in files().items():
        whole.update(f"{name} {len(file.body)} ".encode() + file.body)
    return whole.hexdigest()[:12]


def file_path(name: str) -> str:
    """Return the address of a file of this version."""
    return FILE.format(digest=digest(), name=name)


async def show(request: web.Request) -> web.Response:
    """Respond with a document."""
    return _served(request, request.app[DOCUMENTS][request.path])


async def show_file(request: web.Request) -> web.Response:
    """Respond with a file of the pages."""
    file = files().get(request.match_info["name"])
    if file is None:
        raise web.HTTPNotFound
    response = _served(request, file)
    if request.match_info["digest"] == digest():
        response.headers[hdrs.CACHE_CONTROL] = _FOR_GOOD
    return response


def takes_gzip(request: web.Request) -> bool:
    return _TAKEN.search(request.headers.get(hdrs.ACCEPT_ENCODING, "").lower()) is not None


def _served(request: web.Request, found: Document) -> web.Response:
    headers = {hdrs.CONTENT_TYPE: _TYPES[PurePosixPath(request.path).suffix], hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if takes_gzip(request):
        return web.Response(body=found.packed, headers={**headers, hdrs.CONTENT_ENCODING: GZIP})
    return web.Response(body=found.body, headers=headers)
