"""
The key ring: what the hub signs for itself, and how it knows it again. Pure.

HUB_SECRET is one secret or several: the first signs, all of them verify. None is used as it is: each
purpose has a key of its own, derived from it (HKDF-SHA256, RFC 5869), so that what was signed for one
purpose never opens another, and no signature helps to forge one of a different kind.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.errors import ConfigurationError
from hub.settings import Secret


class Purpose(StrEnum):
    """What a signature is for."""

    MAIL = "mail"
    """The addresses and ENVIDs of a mail: `hub.channels.email.verp`."""
    SMS_HOOK = "sms_hook"
    """The addresses that described providers call: `hub.channels.sms.hooks`."""
    TAKE_ON = "take_on"
    """The link by which a level takes a matter on: `hub.sla.ack_links`."""
    DOCUMENT = "document"
    """What is kept of identity documents. Not a signature that anybody shows: it is looked up."""


LENGTHS: Final[Mapping[Purpose, int]] = {
    Purpose.MAIL: 20,
    Purpose.SMS_HOOK: 32,
    Purpose.TAKE_ON: 32,
    Purpose.DOCUMENT: 64,
}
"""
Hexadecimal digits of each purpose's signatures. A local part has 55 of 64 octets with 20, which are 80
bits, of which each guess costs a mail.
"""

DOCUMENT_HASH: Final = "hmac-sha256"
_KEY_ID: Final = "key-id"

Seen = Callable[[Purpose, str], None]
"""Hears for what, and by the key of which id, something was verified."""


def _unheard(_: Purpose, __: str) -> None: ...


class KeyRing:
    """
    Signs and verifies for one purpose at a time. An empty ring verifies nothing and raises
    ConfigurationError where it should sign.
    """

    def __init__(self, secrets: Iterable[Secret], seen: Seen = _unheard) -> None:
        self._keys = tuple(_Key(secret) for secret in secrets)
        self._seen = seen

    def __bool__(self) -> bool:
        return bool(self._keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """The keys by what may be shown of them; the first is the one that signs."""
        return tuple(key.id for key in self._keys)

    def sign(self, purpose: Purpose, *parts: str) -> str:
        """Sign the parts, which are told apart: ("ab", "c") is not ("a", "bc")."""
        return self._first().sign(purpose, parts)

    def verify(self, purpose: Purpose, given: str, *parts: str) -> str | None:
        """Answer the id of the key that signed these parts for this purpose; None where none did."""
        presented = given.encode(errors="surrogateescape")
        made = [(key.id, key.sign(purpose, parts).encode()) for key in self._keys]
        # Every key is compared, each in constant time, so that the time tells nothing.
        found = [key_id for key_id, one in made if hmac.compare_digest(presented, one)]
        for key_id in found[:1]:
            self._seen(purpose, key_id)
        return found[0] if found else None

    def document_hashes(self, document: str) -> list[str]:
        """
        Make what is kept of an identity document, under each key; the first is the one to store.

        Keyed, since there are so few numbers that a bare hash tells them. Each carries its key's id, so
        that it can be told how many are left of a key that is to go.
        """
        self._first()
        return [f"{DOCUMENT_HASH}:{key.id}:{key.sign(Purpose.DOCUMENT, (document,))}" for key in self._keys]

    def _first(self) -> _Key:
        if not self._keys:
            raise ConfigurationError("Set HUB_SECRET: without it nothing can be signed. `hub secrets new`.")
        return self._keys[0]


class _Key:
    """One secret of the ring."""

    def __init__(self, secret: Secret) -> None:
        self._for = cache(lambda info: _derive(secret, info))
        self.id = sha256(self._for(_KEY_ID)).hexdigest()[:8]

    def sign(self, purpose: Purpose, parts: Iterable[str]) -> str:
        signed = hmac.digest(self._for(purpose.value), _encoded(parts), "sha256")
        return signed.hex()[: LENGTHS[purpose]]


def _derive(secret: Secret, info: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"hub:{info}".encode())
    return made.derive(secret.reveal().encode())


def _encoded(parts: Iterable[str]) -> bytes:
    """Put the length in octets before each part, so that no two lists of parts look alike."""
    octets = [part.encode(errors="surrogatepass") for part in parts]
    return b"".join(b"%d:%b" % (len(octet), octet) for octet in octets)
