"""
Addresses that contain a message id, so that bounces and replies find their message. Pure.

VERP: a message has the envelope sender `b+<id>.<signature>@domain` and the Reply-To
`r+<id>.<signature>@domain`. The signature prevents forged bounces and replies. Case is ignored,
because some servers change it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.access.keyring import LENGTHS, KeyRing, Purpose

_TOKEN: Final = re.compile(rf"([0-9a-f]{{32}})\.([0-9a-f]{{{LENGTHS[Purpose.MAIL]}}})")


class AddressKind(StrEnum):
    """The kind of mail that an address receives."""

    BOUNCE = "b"
    REPLY = "r"


@dataclass(frozen=True, slots=True)
class Mark:
    """The content of our address: the message, and whether it is for bounces or for replies."""

    kind: AddressKind
    message_id: UUID


class Verp:
    """Makes and reads the addresses at one domain."""

    def __init__(self, domain: str, ring: KeyRing) -> None:
        self.domain = domain.lower()
        self._ring = ring

    def bounce_address(self, message_id: UUID) -> str:
        """Make the envelope sender of a message."""
        return self._address(AddressKind.BOUNCE, message_id)

    def reply_address(self, message_id: UUID) -> str:
        """Make the address that receives the person's reply."""
        return self._address(AddressKind.REPLY, message_id)

    def envelope_id(self, message_id: UUID) -> str:
        """Make the ENVID (RFC 3461), which returns unchanged in reports. Signed like the addresses."""
        return self._token(AddressKind.BOUNCE, message_id)

    def is_ours(self, address: str) -> bool:
        """Return whether an address is at the domain; it need not be valid."""
        return address.rpartition("@")[2].lower() == self.domain

    def read(self, address: str) -> Mark | None:
        """Return the content of an address; None for one that was not made here."""
        local = address.rpartition("@")[0].lower()
        prefix, plus, token = local.partition("+")
        if not plus or prefix not in set(AddressKind) or not self.is_ours(address):
            return None
        kind = AddressKind(prefix)
        message_id = self._read_token(kind, token)
        return Mark(kind, message_id) if message_id else None

    def read_envelope_id(self, envelope_id: str) -> UUID | None:
        """Return the message of an ENVID; None for one that was not made here."""
        return self._read_token(AddressKind.BOUNCE, envelope_id.lower())

    def _address(self, kind: AddressKind, message_id: UUID) -> str:
        return f"{kind}+{self._token(kind, message_id)}@{self.domain}"

    def _token(self, kind: AddressKind, message_id: UUID) -> str:
        return f"{message_id.hex}.{self._ring.sign(Purpose.MAIL, kind, message_id.hex)}"

    def _read_token(self, kind: AddressKind, token: str) -> UUID | None:
        match = _TOKEN.fullmatch(token)
        if match is None or self._ring.verify(Purpose.MAIL, match[2], kind, match[1]) is None:
            return None
        return UUID(match[1])
