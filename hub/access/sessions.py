"""
Sessions of the console: made, recognised, over. Pure but for the random bytes of a new one.

The cookie holds 32 random bytes, the database their SHA-256: whoever reads the table can make no cookie
of it. A session that HUB_API_KEY has opened is hashed with the key as well, so that another key ends it.
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
"""Not seen for so long, a session is over."""
LONGEST: Final = timedelta(hours=12)
"""Over after this, however busy."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is kept when one was last seen: not every request is worth a write."""


def begin(account_id: UUID | None, *, key: str = "", now: datetime) -> tuple[Session, str]:
    """Make a session and what its cookie holds; `key` is HUB_API_KEY where that has opened it."""
    token = secrets.token_urlsafe(32)
    session = Session(
        hash=hash_of(token, key=key),
        account_id=account_id,
        created_at=now,
        seen_at=now,
        ends_at=now + LONGEST,
    )
    return session, token


def hash_of(token: str, *, key: str = "") -> bytes:
    """Answer what a session is kept under."""
    given = token.encode(errors="surrogateescape")
    return hmac.digest(key.encode(), given, "sha256") if key else sha256(given).digest()


def live(session: Session, *, now: datetime) -> bool:
    """Tell whether it still opens anything."""
    return now < session.ends_at and now < session.seen_at + IDLE


def csrf_of(token: str) -> str:
    """
    Answer what a page of this session must send along with a change.

    Made of the cookie, which no script and no other site can read: nothing more is kept.
    """
    digest = hmac.digest(token.encode(errors="surrogateescape"), b"hub csrf", "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
