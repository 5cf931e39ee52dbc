"""
Tokens of links that open something of one message, until they end.

    AZlMo….1795768200.5f2c…      the message's id, when it ends, the signature

Nothing is stored: the signature is the proof. It is for one purpose, so that the token of one link opens
nothing else.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose

_PARTS: Final = 3
_PADDING: Final = "=="
"""Of sixteen bytes in base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageToken:
    """The message of which a link opens something, and until when."""

    message_id: UUID
    ends_at: datetime


def make_token(ring: KeyRing, purpose: Purpose, message_id: UUID, ends_at: datetime) -> str:
    """Make the token of a link. Raises ConfigurationError without HUB_SECRET."""
    ends = str(int(ends_at.timestamp()))
    named = base64.urlsafe_b64encode(message_id.bytes).decode().removesuffix(_PADDING)
    return f"{named}.{ends}.{ring.sign(purpose, str(message_id), ends)}"


def read_token(ring: KeyRing, purpose: Purpose, token: str) -> MessageToken | None:
    """Return what the token opens, also if it has ended; None if the hub did not make it for this purpose."""
    parts = token.split(".")
    if len(parts) != _PARTS or not parts[1].isdecimal() or not token.isascii():
        return None
    named, ends, signature = parts
    try:
        message_id = UUID(bytes=base64.urlsafe_b64decode(named + _PADDING))
        ends_at = datetime.fromtimestamp(int(ends), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if ring.verify(purpose, signature, str(message_id), ends) is None:
        return None
    return MessageToken(message_id=message_id, ends_at=ends_at)
