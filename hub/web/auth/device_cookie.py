"""The cookie of a known device: where somebody has signed in, others' guesses do not lock the account."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access import devices
from hub.web.auth.session_cookie import keep, prefixed
from hub.web.services import services

_NAME: Final = "hub_device"


def device_of(request: web.Request, name: str) -> str | None:
    """Return the device, if this account has signed in there before."""
    deps = services(request)
    return devices.read(deps.ring, name, request.cookies.get(_cookie(request, name), ""), now=deps.now())


def remember(request: web.Request, answer: web.StreamResponse, name: str) -> None:
    """Set the cookie after a sign-in, each time anew: a device that is used stays known."""
    deps = services(request)
    if value := devices.issue(deps.ring, name, now=deps.now()):
        keep(request, answer, _cookie(request, name), value, devices.LASTS)


def _cookie(request: web.Request, name: str) -> str:
    return prefixed(request, f"{_NAME}_{devices.cookie_of(name)}")
