"""The page that somebody asked for before signing in, and the sign-in form that leads back to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web

from hub.web.console.pages import SIGN_IN
from hub.web.route import TABLE, Route

_LINKED: Final = re.compile(r"/([a-z]+)(/[^/?#\\\s]{1,3000}){0,3}(\?[^#\\\s]{0,3000})?")
_NO_PAGES: Final = frozenset({"metrics", "openapi.json", "asyncapi.json", "static", "live"})
"""Paths that a browser reads with a scope, but that nobody opens as a page."""


def sign_in_path(request: web.Request, path: str, form: str = SIGN_IN) -> str:
    """Return the path of the sign-in form, which leads on to `path` if that is a page of the console."""
    return f"{form}?next={quote(path, safe='')}" if _is_ours(request, path) else form


def return_path(request: web.Request) -> str:
    """Return the page that somebody asked for before signing in; empty if it is none of the console."""
    path = request.query.get("next", "")
    return path if _is_ours(request, path) else ""


def sections_of(routes: Iterable[Route]) -> Collection[str]:
    """Return how the paths of the console's own pages begin: those that a scope opens."""
    pages = (row for row in routes if _is_page(row))
    return {row.path.split("/")[1] for row in pages} - _NO_PAGES


def _is_ours(request: web.Request, path: str) -> bool:
    """Return whether a path leads to a page of the console: any other could lead to another site."""
    found = _LINKED.fullmatch(path)
    return found is not None and found[1] in sections_of(request.app[TABLE].values())


def _is_page(row: Route) -> bool:
    return row.method == hdrs.METH_GET and bool(row.needs) and not row.answers and not row.is_api
