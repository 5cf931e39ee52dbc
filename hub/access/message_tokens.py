"""
Tokens of links that open something of one message, until they end.

    AZlMoEzU-oCLUhqMaqyT3Gr52xDTXmQyqOxDo3pYFfE      43 signs: the id, when it ends, the signature

Nothing is stored: the signature is the proof. It is for one purpose, so that the token of one link opens
nothing else. It is short, because the signs of a text message are paid for; a guesser has 96 bits to guess,
one call for each.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose

LENGTH: Final = 43
_ID: Final = 16
_ENDS: Final = 4
_LAST: Final = (1 << 8 * _ENDS) - 1
"""Seconds of the epoch: in 2106."""
_PADDING: Final = "="
"""Of 32 bytes in base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageToken:
    """The message of which a link opens something, and until when."""

    message_id: UUID
    ends_at: datetime


def make_token(ring: KeyRing, purpose: Purpose, message_id: UUID, ends_at: datetime) -> str:
    """Make the token of a link. Raises ConfigurationError without HUB_SECRET."""
    ends = min(int(ends_at.timestamp()), _LAST)
    signature = bytes.fromhex(ring.sign(purpose, str(message_id), str(ends)))
    return _written(message_id.bytes + ends.to_bytes(_ENDS, "big") + signature)


def read_token(ring: KeyRing, purpose: Purpose, token: str) -> MessageToken | None:
    """Return what the token opens, also if it has ended; None if the hub did not make it for this purpose."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        content = urlsafe_b64decode(token + _PADDING)
    except ValueError:
        return None
    # base64 skips foreign signs, and its last one has spare bits: a token is written in one way.
    if _written(content) != token:
        return None
    message_id, ends = UUID(bytes=content[:_ID]), int.from_bytes(content[_ID : _ID + _ENDS], "big")
    if ring.verify(purpose, content[_ID + _ENDS :].hex(), str(message_id), str(ends)) is None:
        return None
    return MessageToken(message_id=message_id, ends_at=datetime.fromtimestamp(ends, UTC))


def _written(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip(_PADDING)
