"""
The token of a link to a document: of one message, and until it ends.

    01994c….1795768200.5f2c…      the message's id, when it ends, the signature

Nothing is stored: the signature is the proof. It opens the document of that message, as long as both are
stored, and nothing else.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose

PATH: Final = "/d/{token}"
_PARTS: Final = 3
_PADDING: Final = "=="
"""Of sixteen bytes in base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentToken:
    """The message whose document it opens, and until when."""

    message_id: UUID
    ends_at: datetime


def make_token(ring: KeyRing, message_id: UUID, ends_at: datetime) -> str:
    """Make the token of a link. Raises ConfigurationError without HUB_SECRET."""
    ends = str(int(ends_at.timestamp()))
    named = base64.urlsafe_b64encode(message_id.bytes).decode().removesuffix(_PADDING)
    return f"{named}.{ends}.{ring.sign(Purpose.DOCUMENT_LINK, str(message_id), ends)}"


def read_token(ring: KeyRing, token: str) -> DocumentToken | None:
    """Return what the token opens, also if it has ended; None if the hub did not make it."""
    parts = token.split(".")
    if len(parts) != _PARTS or not parts[1].isdecimal() or not token.isascii():
        return None
    named, ends, signature = parts
    try:
        message_id = UUID(bytes=base64.urlsafe_b64decode(named + _PADDING))
        ends_at = datetime.fromtimestamp(int(ends), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if ring.verify(Purpose.DOCUMENT_LINK, signature, str(message_id), ends) is None:
        return None
    return DocumentToken(message_id=message_id, ends_at=ends_at)
