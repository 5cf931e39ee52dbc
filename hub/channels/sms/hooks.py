"""
The URLs that described providers call.

Each message carries its own URL for receipts, signed over the message's id. Providers that cannot take
a URL per message get a fixed one, entered in their panel, with a key made from the provider's name.
Both derive from HUB_SECRET, so nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose

RECEIPTS: Final = "/hooks/sms/{name}"
REPLIES: Final = "/hooks/sms/{name}/reply"


class Use(StrEnum):
    """The use of a URL: one for receipts is valid for nothing else."""

    RECEIPTS = "receipts"
    REPLIES = "replies"


_PATHS: Final = {Use.RECEIPTS: RECEIPTS, Use.REPLIES: REPLIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    public_url: str
    ring: KeyRing

    def of_message(self, name: str, message_id: UUID) -> str:
        """Make the URL for the receipts of one message."""
        query = {
            "message": message_id,
            "sig": self.ring.sign(Purpose.SMS_HOOK, "message", name, message_id.hex),
        }
        return f"{self._base(name, Use.RECEIPTS)}?{urlencode(query)}"

    def fixed(self, name: str, use: Use) -> str:
        """Make the URL to enter in the provider's panel. Whoever has it may post there."""
        return f"{self._base(name, use)}?{urlencode({'key': self.ring.sign(Purpose.SMS_HOOK, use, name)})}"

    def signs_message(self, given: str, name: str, message_id: UUID) -> bool:
        return self.ring.verify(Purpose.SMS_HOOK, given, "message", name, message_id.hex) is not None

    def signs_fixed(self, given: str, name: str, use: Use) -> bool:
        return self.ring.verify(Purpose.SMS_HOOK, given, use, name) is not None

    def _base(self, name: str, use: Use) -> str:
        return self.public_url + _PATHS[use].format(name=name)
