"""
Known devices: where somebody has signed in, guesses of others do not lock the account.

Anybody may lock a name by guessing. Such a lock does not stop the browsers of the account itself, which are
recognised by a cookie that the account has from its last sign-in.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from aiohttp import web

from hub.access.keyring import KeyRing, Purpose
from hub.web.auth.session_cookie import keep, prefixed
from hub.web.services import services

LASTS: Final = timedelta(days=180)
_EPOCH: Final = datetime(2020, 1, 1).toordinal()  # noqa: DTZ001 - a day, and no instant


_NAME: Final = "hub_device"


def device_of(request: web.Request, name: str) -> str | None:
    """Return the device, if this account has signed in there before."""
    deps = services(request)
    return read(deps.ring, name, request.cookies.get(_cookie(request, name), ""), now=deps.now())


def remember(request: web.Request, answer: web.StreamResponse, name: str) -> None:
    """Set the cookie after a sign-in, each time anew: a device that is used stays known."""
    deps = services(request)
    if value := issue(deps.ring, name, now=deps.now()):
        keep(request, answer, _cookie(request, name), value, LASTS)


def _cookie(request: web.Request, name: str) -> str:
    return prefixed(request, f"{_NAME}_{cookie_of(name)}")


def cookie_of(name: str) -> str:
    """Return what the name of an account's cookie ends in: several people may use one browser."""
    return sha256(name.encode(errors="surrogateescape")).hexdigest()[:12]


def issue(ring: KeyRing, name: str, *, now: datetime) -> str:
    """Make the cookie's value of a new device; empty without HUB_SECRET, which signs it."""
    if not ring:
        return ""
    device, day = secrets.token_hex(8), str(now.toordinal() - _EPOCH)
    return f"{device}.{day}.{ring.sign(Purpose.DEVICE, name, device, day)}"


def read(ring: KeyRing, name: str, value: str, *, now: datetime) -> str | None:
    """Return the device that a cookie names; None if it is forged, another account's or too old."""
    device, day, signature = (*value.split("."), "", "", "")[:3]
    if not ring.verify(Purpose.DEVICE, signature, name, device, day):
        return None
    age = now.toordinal() - _EPOCH - int(day)
    return device if age <= LASTS.days else None
