"""
Addresses that say which message they belong to, so that bounces and replies find it. Pure.

VERP: a message leaves with the envelope sender `b+<id>.<signature>@domain` and the Reply-To
`r+<id>.<signature>@domain`. The signature keeps a stranger from forging a bounce of, or a reply to, a
message that was not his. Letter case means nothing: some servers change it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.settings import Secret

_SIGNATURE: Final = 20
"""Hexadecimal digits: 80 bits, of which each guess costs a mail. A local part has 55 of 64 octets."""
_TOKEN: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{20})")


class Kind(StrEnum):
    """What is to come to an address."""

    BOUNCE = "b"
    REPLY = "r"


@dataclass(frozen=True, slots=True)
class Mark:
    """What an address of ours says: the message, and whether it was made for bounces or for replies."""

    kind: Kind
    message_id: UUID


class Verp:
    """Makes and reads the addresses at one domain. The first secret signs, all of them verify."""

    def __init__(self, domain: str, secrets: Sequence[Secret]) -> None:
        self.domain = domain.lower()
        self._keys = [secret.reveal().encode() for secret in secrets]

    def bounce_address(self, message_id: UUID) -> str:
        """Make the envelope sender of a message."""
        return self._address(Kind.BOUNCE, message_id)

    def reply_address(self, message_id: UUID) -> str:
        """Make the address that a person's answer goes to."""
        return self._address(Kind.REPLY, message_id)

    def envelope_id(self, message_id: UUID) -> str:
        """Make the ENVID (RFC 3461), which comes back in reports as it was: signed, as the addresses are."""
        return self._token(Kind.BOUNCE, message_id)

    def is_ours(self, address: str) -> bool:
        """Tell whether an address is at the domain, whoever made it."""
        return address.rpartition("@")[2].lower() == self.domain

    def read(self, address: str) -> Mark | None:
        """Answer what an address of this domain says; None for one that was not made here."""
        local = address.rpartition("@")[0].lower()
        prefix, plus, token = local.partition("+")
        if not plus or prefix not in set(Kind) or not self.is_ours(address):
            return None
        kind = Kind(prefix)
        message_id = self._read_token(kind, token)
        return Mark(kind, message_id) if message_id else None

    def read_envelope_id(self, envelope_id: str) -> UUID | None:
        """Answer the message of an ENVID; None for one that was not made here."""
        return self._read_token(Kind.BOUNCE, envelope_id.lower())

    def _address(self, kind: Kind, message_id: UUID) -> str:
        return f"{kind}+{self._token(kind, message_id)}@{self.domain}"

    def _token(self, kind: Kind, message_id: UUID) -> str:
        return f"{message_id.hex}.{_signature(self._keys[0], kind, message_id)}"

    def _read_token(self, kind: Kind, token: str) -> UUID | None:
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        message_id = UUID(match[1])
        signed = (_signature(key, kind, message_id) for key in self._keys)
        return message_id if any(hmac.compare_digest(match[2], each) for each in signed) else None


def _signature(key: bytes, kind: Kind, message_id: UUID) -> str:
    """The word before the id keeps these signatures apart from others under the same secret."""
    signed = hmac.digest(key, f"verp:{kind}:{message_id.hex}".encode(), "sha256")
    return signed.hex()[:_SIGNATURE]
