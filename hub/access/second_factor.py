"""
The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

Pure, except for random bytes. Six digits, 30 seconds and SHA-1: that is what every app knows.
"""

from __future__ import annotations

import re
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from hub.access.passwords import one_time
from hub.access.webhook_signatures import same

SECONDS: Final = 30
DRIFT: Final = 1
"""Steps before and after the present whose codes count: clocks differ, and people type slowly."""
RECOVERY_CODES: Final = 10
_TIME_CODE: Final = re.compile(r"[0-9]{6}")
_SPACES: Final = re.compile(r"[\s-]+")


def secret_text(secret: bytes) -> str:
    """Return the secret as people type it into an app."""
    text = b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, *, name: str, company: str) -> str:
    """Return the `otpauth:` address that an app reads from a QR code."""
    from pyotp import TOTP  # noqa: PLC0415 - most processes never need it

    return TOTP(b32encode(secret).decode()).provisioning_uri(name=name, issuer_name=company)


def is_time_code(given: str) -> bool:
    """Return whether it has the form of an app's code; anything else can only be a recovery code."""
    return _TIME_CODE.fullmatch(_plain(given)) is not None


def matching_step(secret: bytes, given: str, *, now: datetime) -> int | None:
    """
    Return the time step of this code, if it is one of those that count now.

    After it, no code of this step or an earlier one is accepted. Compares in constant time.
    """
    from pyotp import HOTP  # noqa: PLC0415 - the same

    codes, here, code = HOTP(b32encode(secret).decode()), int(now.timestamp()) // SECONDS, _plain(given)
    steps = [step for step in range(here - DRIFT, here + DRIFT + 1) if same(code, codes.at(step))]
    return max(steps, default=None)


def recovery_codes() -> tuple[str, ...]:
    """Make the codes for the day on which the app is lost: 80 random bits each, for one use each."""
    return tuple(one_time() for _ in range(RECOVERY_CODES))


def recovery_hash(account_id: UUID, given: str) -> bytes:
    """
    Return the hash under which a recovery code is stored.

    Nobody can try 2^80 codes. It needs no key: recovery codes must also open when HUB_SECRET is lost.
    """
    return sha256(account_id.bytes + _plain(given).encode(errors="surrogateescape")).digest()


def _plain(given: str) -> str:
    return _SPACES.sub("", given).casefold()
