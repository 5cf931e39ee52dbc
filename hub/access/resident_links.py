"""
The link from a message to its page: that message and its case, and nothing else of the person. Pure.

    /mi/AZlMoEzU…      a token of the message, see `hub.access.message_tokens`

Any recipient of a forwarded message can open it. So it shows the words of that message and the state of its
case.
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
from hub.model.inbox import InboxEntry
from hub.settings.values import carries_links

PATH: Final = "/mi/{token}"
CODE_PATH: Final = "/mi/{token}/entrar"
"""Where the holder of a link asks for a one-time code."""
CHANNELS: Final = frozenset({"email", "print", "push"})
"""Channels where the link costs nothing: `policy.residents` says whether texts and WhatsApp have it."""
_SMS: Final = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentLinks:
    """
    Signs and verifies these links; each lasts for `lifetime` from when its message leaves.

    `carriers` are the channels whose messages have one because the policy says so.
    """

    public_url: str
    ring: KeyRing
    lifetime: timedelta
    carriers: frozenset[str] = frozenset()

    def of(self, message: Message, now: datetime) -> str:
        """
        Make the link of a message that leaves now; empty for messages to staff, and for other channels.

        It is empty without a signing key, and where the hub is reached over plain http: anybody on the
        network path could read the message.
        """
        if message.channel not in self.channels or message.purpose is MessagePurpose.INTERNAL:
            return ""
        if message.channel == _SMS and message.purpose is MessagePurpose.EMERGENCY:
            return ""  # the instruction is all there is
        return self.to(message.id, now + self.lifetime) if self.usable else ""

    def of_entry(self, entry: InboxEntry, now: datetime) -> str:
        """
        Make the link of an entry of an inbox: it lasts for `lifetime` from when the entry came.

        Empty where it has ended, for entries of staff, and for an entry whose message is no longer stored.
        """
        ends_at = entry.created_at + self.lifetime
        if entry.purpose in {None, MessagePurpose.INTERNAL} or ends_at <= now or not self.usable:
            return ""
        return self.to(entry.id, ends_at)

    @property
    def channels(self) -> frozenset[str]:
        """The channels whose messages have the link."""
        return CHANNELS | self.carriers

    @property
    def usable(self) -> bool:
        return bool(self.ring) and carries_links(self.public_url)

    @property
    def page(self) -> str:
        """The address of the page, up to the token."""
        return f"{self.public_url}{PATH.format(token='')}"

    def to(self, message_id: UUID, ends_at: datetime) -> str:
        """Make the link of a message. Raises ConfigurationError without a signing key."""
        token = make_token(self.ring, Purpose.OWN_MESSAGE, message_id, ends_at)
        return f"{self.public_url}{PATH.format(token=token)}"

    def read(self, token: str) -> MessageToken | None:
        """Return the target of a token, also if it has ended; None if the hub did not make the token."""
        return read_token(self.ring, Purpose.OWN_MESSAGE, token)
