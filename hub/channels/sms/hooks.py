"""
The addresses that described providers call.

With each message goes an address of its own for its receipts, signed over the message's id. Who
cannot be told one with each message has a fixed one entered in the provider's panel, with a key made
from the provider's name. Both are made from HUB_SECRET, so that nothing has to be kept.
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
    """What an address is for: one for receipts opens nothing else."""

    RECEIPTS = "receipts"
    REPLIES = "replies"


_PATHS: Final = {Use.RECEIPTS: RECEIPTS, Use.REPLIES: REPLIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Makes and knows them."""

    public_url: str
    ring: KeyRing

    def of_message(self, name: str, message_id: UUID) -> str:
        """Make the address for the receipts of one message."""
        query = {"message": message_id, "sig": self._sign("message", name, message_id.hex)}
        return f"{self._base(name, Use.RECEIPTS)}?{urlencode(query)}"

    def fixed(self, name: str, use: Use) -> str:
        """Make the address that is entered in the provider's panel. Whoever has it may post there."""
        return f"{self._base(name, use)}?{urlencode({'key': self._sign(use, name)})}"

    def signs_message(self, given: str, name: str, message_id: UUID) -> bool:
        return self._is_signed(given, "message", name, message_id.hex)

    def signs_fixed(self, given: str, name: str, use: Use) -> bool:
        return self._is_signed(given, use, name)

    def _base(self, name: str, use: Use) -> str:
        return self.public_url + _PATHS[use].format(name=name)

    def _sign(self, *parts: str) -> str:
        return self.ring.sign(Purpose.SMS_HOOK, *parts)

    def _is_signed(self, given: str, *parts: str) -> bool:
        return self.ring.verify(Purpose.SMS_HOOK, given, *parts) is not None
