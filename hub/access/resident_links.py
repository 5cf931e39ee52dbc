"""
The link from a message to its page: that message and its case, and nothing else of the person. Pure.

    /mi/AZlMoEzU…      a token of the message, see `hub.access.message_tokens`

Whoever receives a forwarded message can open it. So it shows what that message says, and how its case stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose
from hub.access.message_tokens import MessageToken, make_token, read_token
from hub.model import Message
from hub.model import Purpose as MessagePurpose

PATH: Final = "/mi/{token}"
CODE_PATH: Final = "/mi/{token}/entrar"
"""Where the holder of a link asks for a one-time code."""
CHANNELS: Final = frozenset({"email", "print"})
"""Channels whose messages have the link: approved texts and the segments of an SMS have no room yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentLinks:
    """Signs and verifies these links; each lasts for `lifetime` from when its message leaves."""

    public_url: str
    ring: KeyRing
    lifetime: timedelta

    def of(self, message: Message, now: datetime) -> str:
        """
        Make the link of a message that leaves now; empty for messages to staff, and for other channels.

        It is empty without a signing key, and where the hub is reached over plain http: anybody on the
        network path could read the message.
        """
        if message.channel not in CHANNELS or message.purpose is MessagePurpose.INTERNAL:
            return ""
        return self.to(message.id, now + self.lifetime) if self.usable else ""

    @property
    def usable(self) -> bool:
        return bool(self.ring) and self.public_url.startswith("https://")

    def to(self, message_id: UUID, ends_at: datetime) -> str:
        """Make the link of a message. Raises ConfigurationError without a signing key."""
        token = make_token(self.ring, Purpose.OWN_MESSAGE, message_id, ends_at)
        return f"{self.public_url}{PATH.format(token=token)}"

    def read(self, token: str) -> MessageToken | None:
        """Return what a token opens, also if it has ended; None if the hub did not make it."""
        return read_token(self.ring, Purpose.OWN_MESSAGE, token)
