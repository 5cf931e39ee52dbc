"""
Links with which a person acknowledges an escalation, each signed for the message that brought it. Pure.

The recipient has no session at hand: the signature is the proof. The message is of one person, about one
clock and one level, so the address names none of them. The link allows nothing but this acknowledgement,
once, and only until the clock escalates to the next level.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose
from hub.model import Claimed, Json, Message
from hub.policy.clocks import CALLS, ESCALATES
from hub.settings.values import carries_links

PATH: Final = "/take-on/{id}"
PERSONAL: Final = "(enlace personal)"
"""The words in place of a link where somebody else reads the text."""
_LINK: Final = re.compile(
    r"https?://\S*?/(?:take-on/[0-9a-fA-F-]{36}\?sig=[0-9a-fA-F]+"
    r"|s/[0-9a-f]{32}\.[0-9a-f]+\.[0-9a-f]+"
    r"|(?:d|mi)/[\w-]{43}"
    r"|unsubscribe/[0-9a-fA-F-]{36}\?[^\s\"'<>]*?sig=[0-9a-fA-F]+)"
)
"""The links of escalations, surveys, documents, pages of messages, and of the end of a consent."""
_ESCALATIONS: Final = frozenset(ESCALATES.values())
_CALLS: Final = frozenset(CALLS.values())
_WITH_LINK: Final = _ESCALATIONS | _CALLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Signs and verifies acknowledgement links."""

    public_url: str
    ring: KeyRing

    def of(self, claimed: Claimed) -> str | None:
        """
        Make the link of an escalation, or of a call for help, that is about to be sent.

        None for other messages, without a signing key, and where the hub is reached over plain http: anybody
        on the network path could read such a link and use it.
        """
        event = claimed.message.event
        if event not in _WITH_LINK or not _asks_for_it(claimed.message, claimed.data or {}):
            return None
        usable = bool(self.ring) and carries_links(self.public_url)
        return self.to(claimed.message.id) if usable else None

    def to(self, message_id: UUID) -> str:
        """Make the link of a message. Raises ConfigurationError without a signing key."""
        query = {"sig": self.ring.sign(Purpose.ACKNOWLEDGE, str(message_id))}
        return f"{self.public_url}{PATH.format(id=message_id)}?{urlencode(query)}"

    def signs(self, given: str, message_id: str) -> bool:
        return self.ring.verify(Purpose.ACKNOWLEDGE, given, message_id) is not None


def without_link(text: str) -> str:
    """
    Replace each link that acknowledges an escalation, answers a survey, or leads to a document or a message.

    Such a link lets anybody act in its recipient's name, or read what is another's: nobody else may see it.
    """
    return _LINK.sub(PERSONAL, text)


def _asks_for_it(message: Message, data: Mapping[str, Json]) -> bool:
    if message.event in _CALLS:
        # Its main text answers the person who called.
        return message.variant is not None
    return data.get("clock_id") is not None
