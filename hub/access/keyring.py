"""
The key ring: signs and verifies the hub's own signatures. Pure.

It also encrypts secrets that must be read again, with a key of its own for each purpose.

HUB_SECRET is one secret or several: the first signs, all of them verify. No secret is used directly: each
purpose has its own derived key (HKDF-SHA256, RFC 5869), so that a signature for one purpose is invalid for
another, and does not help to forge one.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.errors import ConfigurationError
from hub.settings import Secret


class Purpose(StrEnum):
    """The purpose of a signature."""

    MAIL = "mail"
    """The addresses and ENVIDs of a mail: `hub.channels.email.verp`."""
    SMS_HOOK = "sms_hook"
    """The callback addresses of configured SMS providers: `hub.channels.sms.hooks`."""
    ACKNOWLEDGE = "take_on"
    """The link by which a level acknowledges an escalation: `hub.sla.ack_links`."""
    DEVICE = "device"
    """The cookie of a browser in which an account has signed in: `hub.web.auth.device_cookie`."""
    OFFER = "second_factor_offer"
    """The secret that a session is offered as its second factor: `hub.access.enrolment`. Never presented."""
    SURVEY = "survey"
    """The link to the page on which a person answers a survey: `hub.access.survey_links`."""
    UNSUBSCRIBE = "unsubscribe"
    """The link in a mail's head that stops such mails: `hub.inbound.unsubscribe`."""
    INBOX = "inbox"
    """The token that opens one person's inbox: `hub.access.inbox_tokens`."""
    DOCUMENT_LINK = "document_link"
    """The link to a document that a message names: `hub.access.document_tokens`."""
    EXCLUSION = "exclusion"
    """Stored hashes of the register of excluded numbers. Never presented as a signature."""
    POSTER = "poster"
    """The link of a poster's QR code: `hub.access.poster_links`."""
    GENUINE = "genuine"
    """The code by which anybody asks whether a message is ours: `hub.access.genuine_codes`."""
    OWN_MESSAGE = "own_message"
    """The link to the page of one message: `hub.access.resident_links`."""
    RESIDENT_CODE = "resident_code"
    """Stored digests of one-time codes: `hub.operations.residents.sign_in`. Never presented."""
    DOCUMENT = "document"
    """Stored hashes of identity documents. Used for look-ups, never presented as a signature."""


class Sealed(StrEnum):
    """Secrets that are stored encrypted."""

    SECOND_FACTOR = "second_factor"
    """The secrets of second factors: `hub.access.second_factor`."""
    RESIDENT_CODE = "resident_code"
    """One-time codes on their way to residents: `hub.operations.residents.sign_in`."""
    WEBHOOK = "webhook"
    """The secrets of webhooks: `hub.access.webhook_requests`."""


LENGTHS: Final[Mapping[Purpose, int]] = {
    Purpose.MAIL: 20,
    Purpose.SMS_HOOK: 32,
    Purpose.ACKNOWLEDGE: 32,
    Purpose.DEVICE: 32,
    Purpose.OFFER: 40,
    Purpose.SURVEY: 32,
    Purpose.UNSUBSCRIBE: 40,
    Purpose.INBOX: 32,
    Purpose.DOCUMENT_LINK: 24,
    Purpose.POSTER: 32,
    Purpose.EXCLUSION: 64,
    Purpose.GENUINE: 12,
    Purpose.OWN_MESSAGE: 24,
    Purpose.RESIDENT_CODE: 64,
    Purpose.DOCUMENT: 64,
}
"""
Hexadecimal digits of each purpose's signatures. With 20 digits, which are 80 bits, a local part has 55 of
its 64 octets; each guess costs a mail.
"""

DOCUMENT_HASH: Final = "hmac-sha256"
SEALED: Final = "aes-256-gcm"
_NONCE: Final = 12
_KEY_ID: Final = "key-id"
_SIGNING: Final = "signing:constancia"
_HALF: Final = 24
"""Bits of each half of a number that is scrambled."""
_LOW: Final = (1 << _HALF) - 1
_ROUNDS: Final = 10
"""Rounds of the Feistel network, as FF1 has them (NIST SP 800-38G): the halves are small."""
SCRAMBLED: Final = 1 << 2 * _HALF
"""Numbers below this one are scrambled into numbers below it."""

Seen = Callable[[Purpose, str], None]
"""Called with the purpose and the key id of each verified signature."""


def _ignore_use(_: Purpose, __: str) -> None: ...


class KeyRing:
    """
    Signs and verifies for one purpose at a time. An empty ring verifies nothing; signing raises
    ConfigurationError.
    """

    def __init__(self, secrets: Iterable[Secret], seen: Seen = _ignore_use) -> None:
        self._keys = tuple(_Key(secret) for secret in secrets)
        self._seen = seen

    def __bool__(self) -> bool:
        return bool(self._keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """The public ids of the keys; the first one signs."""
        return tuple(key.id for key in self._keys)

    def sign(self, purpose: Purpose, *parts: str) -> str:
        """Sign the parts; their boundaries count: ("ab", "c") differs from ("a", "bc")."""
        return self._first().sign(purpose, parts)

    def verify(self, purpose: Purpose, given: str, *parts: str) -> str | None:
        """Return the id of the key that signed these parts for this purpose; None if none did."""
        presented = given.encode(errors="surrogateescape")
        signatures = [(key.id, key.sign(purpose, parts).encode()) for key in self._keys]
        # Compare every key, each in constant time, so that the time reveals nothing.
        matches = [key_id for key_id, expected in signatures if hmac.compare_digest(presented, expected)]
        for key_id in matches[:1]:
            self._seen(purpose, key_id)
        return matches[0] if matches else None

    def document_hashes(self, document: str) -> list[str]:
        """
        Return the keyed hashes of an identity document, one for each key; store the first.

        The hash is keyed because the few possible numbers can be tried against a bare hash. It includes
        the key's id, to count the rows that still depend on a key before its removal.
        """
        self._first()
        return [f"{DOCUMENT_HASH}:{key.id}:{key.sign(Purpose.DOCUMENT, (document,))}" for key in self._keys]

    def exclusion_hashes(self, address: str) -> Mapping[str, bytes]:
        """Return the keyed hash of an address of the register of excluded numbers by each key, by its id."""
        return {key.id: bytes.fromhex(key.sign(Purpose.EXCLUSION, (address,))) for key in self._keys}

    def seal(self, what: Sealed, plain: bytes, *parts: str) -> str:
        """
        Encrypt for the database. The parts say whose it is: for others it cannot be opened.

        It names the key, to count the rows that still depend on it before its removal.
        """
        key = self._first()
        return f"{SEALED}:{key.id}:{b64encode(key.seal(what, plain, parts)).decode()}"

    def unseal(self, what: Sealed, sealed: str, *parts: str) -> bytes | None:
        """Return what was sealed; None if its key is no longer here, or the parts are others."""
        _, key_id, data = sealed.split(":")
        opened = (key.unseal(what, b64decode(data), parts) for key in self._keys if key.id == key_id)
        return next(opened, None)

    def scramble(self, purpose: Purpose, number: int) -> int:
        """Turn a number below SCRAMBLED into another one, which says nothing of it without the key."""
        return self._first().scramble(purpose, number)

    def unscramble(self, purpose: Purpose, number: int) -> tuple[tuple[str, int], ...]:
        """Return for the id of each key the number that it would have scrambled into this one."""
        return tuple((key.id, key.unscramble(purpose, number)) for key in self._keys)

    def note_use(self, purpose: Purpose, key_id: str) -> None:
        """Count a use of a key that only what is stored can prove."""
        self._seen(purpose, key_id)

    def signing_keys(self) -> tuple[Ed25519PrivateKey, ...]:
        """Return the keys of documents for outsiders, see `hub.access.document_keys`; the first signs."""
        self._first()
        return tuple(key.signing_key() for key in self._keys)

    def is_current(self, sealed: str) -> bool:
        """Return whether the first key has sealed it."""
        return sealed.split(":")[1] in self.ids[:1]

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

    def scramble(self, purpose: Purpose, number: int) -> int:
        left, right = number >> _HALF, number & _LOW
        for step in range(_ROUNDS):
            left, right = right, left ^ self._mixed(purpose, step, right)
        return left << _HALF | right

    def unscramble(self, purpose: Purpose, number: int) -> int:
        left, right = number >> _HALF, number & _LOW
        for step in reversed(range(_ROUNDS)):
            left, right = right ^ self._mixed(purpose, step, left), left
        return left << _HALF | right

    def _mixed(self, purpose: Purpose, step: int, half: int) -> int:
        block = bytes((step,)) + half.to_bytes(_HALF // 8, "big")
        return int.from_bytes(hmac.digest(self._for(purpose.value), block, "sha256")[: _HALF // 8], "big")

    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._for(_SIGNING))

    def seal(self, what: Sealed, plain: bytes, parts: Iterable[str]) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._for(f"sealed:{what.value}")).encrypt(nonce, plain, _encoded(parts))

    def unseal(self, what: Sealed, data: bytes, parts: Iterable[str]) -> bytes | None:
        cipher = AESGCM(self._for(f"sealed:{what.value}"))
        try:
            return cipher.decrypt(data[:_NONCE], data[_NONCE:], _encoded(parts))
        except InvalidTag:
            return None


def _derive(secret: Secret, info: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"hub:{info}".encode())
    return made.derive(secret.reveal().encode())


def _encoded(parts: Iterable[str]) -> bytes:
    """Prefix each part with its length in octets, so that no two lists of parts are encoded alike."""
    octets = [part.encode(errors="surrogatepass") for part in parts]
    return b"".join(b"%d:%b" % (len(octet), octet) for octet in octets)
