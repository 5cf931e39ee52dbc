"""The cookies of residents: of a browser that waits for a code, and of an open page."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from aiohttp import web

from hub.web.auth.session_cookie import is_secure, keep, prefixed

_WAITING: Final = "hub_resident_code"
_OPEN: Final = "hub_resident"


def waiting_cookie(request: web.Request) -> str:
    """Return the value of the cookie to which a code is bound; empty without one."""
    return request.cookies.get(prefixed(request, _WAITING), "")


def open_cookie(request: web.Request) -> str:
    """Return the value of the cookie of a person's own page; empty without one."""
    return request.cookies.get(prefixed(request, _OPEN), "")


def wait(request: web.Request, answer: web.StreamResponse, value: str, lasts: timedelta) -> None:
    keep(request, answer, prefixed(request, _WAITING), value, lasts)


def hold_open(request: web.Request, answer: web.StreamResponse, value: str, lasts: timedelta) -> None:
    """Set the cookie of the page, and forget that of the code."""
    keep(request, answer, prefixed(request, _OPEN), value, lasts)
    _drop(request, answer, _WAITING)


def close(request: web.Request, answer: web.StreamResponse) -> None:
    _drop(request, answer, _OPEN)


def _drop(request: web.Request, answer: web.StreamResponse, name: str) -> None:
    answer.del_cookie(
        prefixed(request, name), path="/", httponly=True, samesite="Strict", secure=is_secure(request)
    )
