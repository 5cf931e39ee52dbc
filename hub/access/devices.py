"""
Known devices: browsers in which an account has signed in before. Pure, except for random bytes.

Anybody may lock a name by guessing. Such a lock does not stop the account's own browsers, which are
recognised by a signed cookie and counted each by itself. The cookie opens nothing without the password.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from hub.access.keyring import KeyRing, Purpose

LASTS: Final = timedelta(days=180)
_EPOCH: Final = datetime(2020, 1, 1).toordinal()  # noqa: DTZ001 - a day, and no instant


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
