"""The token of a link to a document: it opens the document of one message, as long as both are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from hub.access import message_tokens
from hub.access.keyring import KeyRing, Purpose
from hub.access.message_tokens import MessageToken

PATH: Final = "/d/{token}"


def make_token(ring: KeyRing, message_id: UUID, ends_at: datetime) -> str:
    """Make the token of a link. Raises ConfigurationError without HUB_SECRET."""
    return message_tokens.make_token(ring, Purpose.DOCUMENT_LINK, message_id, ends_at)


def read_token(ring: KeyRing, token: str) -> MessageToken | None:
    """Return what the token opens, also if it has ended; None if the hub did not make it."""
    return message_tokens.read_token(ring, Purpose.DOCUMENT_LINK, token)
