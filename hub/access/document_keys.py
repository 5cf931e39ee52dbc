"""
The keys that sign documents for outsiders, who have no secret of ours: Ed25519, derived from HUB_SECRET.

A reader who has the public key's fingerprint from elsewhere knows that a document is this hub's. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.access.keyring import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKey:
    """A public key of 32 bytes, and a function that signs with the private one."""

    public: bytes
    sign: Callable[[bytes], bytes]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the public key, in 64 hexadecimal digits."""
        return sha256(self.public).hexdigest()


def document_keys(ring: KeyRing) -> tuple[DocumentKey, ...]:
    """Return a key for each secret; the first one signs. Raises ConfigurationError for an empty ring."""
    return tuple(map(_key_of, ring.signing_keys()))


def current_fingerprint(ring: KeyRing) -> str | None:
    """Return the fingerprint of the key that signs; None without a secret."""
    return document_keys(ring)[0].fingerprint if ring else None


def _key_of(private: Ed25519PrivateKey) -> DocumentKey:
    return DocumentKey(public=private.public_key().public_bytes_raw(), sign=private.sign)
