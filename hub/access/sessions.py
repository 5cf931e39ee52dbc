"""
Sessions of the console. Pure, except for the random bytes of a new one.

The cookie has 32 random bytes, the database their SHA-256: nobody can make a cookie from the table. The
hash of a session opened with HUB_API_KEY includes the key, so that a new key ends the session.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from hub.model import Session

IDLE: Final = timedelta(minutes=30)
"""A session without requests for this long ends."""
LONGEST: Final = timedelta(hours=12)
"""A session ends after this long, even in use."""
CODE_WITHIN: Final = timedelta(minutes=5)
"""How long after the password a code may be entered."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""Precision of the last-seen time: not every request writes it."""


def begin(
    account_id: UUID | None, *, key: str = "", pending: bool = False, now: datetime
) -> tuple[Session, str]:
    """
    Make a session and its cookie's value; `key` is HUB_API_KEY if that opened it.

    A `pending` one waits for the code that follows the password.
    """
    token = secrets.token_urlsafe(32)
    session = Session(
        hash=pending_hash_of(token) if pending else hash_of(token, key=key),
        account_id=account_id,
        created_at=now,
        seen_at=now,
        ends_at=now + (CODE_WITHIN if pending else LONGEST),
    )
    return session, token


def hash_of(token: str, *, key: str = "") -> bytes:
    """Return the hash under which a session is stored."""
    given = token.encode(errors="surrogateescape")
    return hmac.digest(key.encode(), given, "sha256") if key else sha256(given).digest()


def pending_hash_of(token: str) -> bytes:
    """
    Return the hash of a session that waits for a code.

    It is another than that of a session: a look-up of a session never finds one that waits.
    """
    return hmac.digest(token.encode(errors="surrogateescape"), b"hub pending", "sha256")


def live(session: Session, *, now: datetime) -> bool:
    """Return whether the session is still valid."""
    return now < session.ends_at and now < session.seen_at + IDLE


def csrf_of(token: str) -> str:
    """
    Return the CSRF token that a page of this session sends with each change.

    It is derived from the cookie, which no script or other site can read, so nothing is stored.
    """
    digest = hmac.digest(token.encode(errors="surrogateescape"), b"hub csrf", "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
