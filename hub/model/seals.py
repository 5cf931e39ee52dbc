"""
The form of the seals, which a verifier of its own must be able to follow. Pure.

A row is sealed as the SHA-256 of a JSON array in UTF-8, without spaces; instants are microseconds since 1970,
digests are hexadecimal, a missing value is null:

    [message, at, recorded_at, outcome, provider, reference, code, took, digest, version]

The `leaves` of a seal have 56 bytes for each row, in the order of `recorded_at`, message, `at`: the id of
the message (16), `at` (8, big-endian), and the digest of the row (32). The `root` is the SHA-256 of all
leaves. The digest of a seal is the SHA-256 of `[number, minute, count, root, previous]`, in the same form.
`previous` is the digest of the seal before it; of the first one, zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import Final
from uuid import UUID

import msgspec

from hub.model import Json
from hub.model.evidence import Seal, SealedRow

MINUTE: Final = timedelta(minutes=1)
NOTHING: Final = bytes(32)
"""The digest that the first seal has for the one before it."""
KEY: Final = 24
"""Bytes of a leaf that name the row."""
LEAF: Final = KEY + 32

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_KEY: Final = Struct(">16sq")
_encode: Final = msgspec.json.Encoder().encode


def leaf(row: SealedRow) -> bytes:
    """Make the leaf of a row."""
    return key_of(row) + sha256(_encode(fields_of(row))).digest()


def key_of(row: SealedRow) -> bytes:
    return _KEY.pack(row.message_id.bytes, micros(row.at))


def fields_of(row: SealedRow) -> tuple[Json, ...]:
    """Return the array of a row that is sealed."""
    return (
        str(row.message_id),
        micros(row.at),
        row.recorded_at and micros(row.recorded_at),
        row.outcome,
        row.provider,
        row.reference,
        row.code,
        row.took,
        row.digest and row.digest.hex(),
        row.version and row.version.hex(),
    )


def seal(previous: Seal | None, minute: datetime, leaves: bytes) -> Seal:
    """Make the seal of a minute."""
    number = 1 if previous is None else previous.number + 1
    before = NOTHING if previous is None else previous.digest
    count, root = len(leaves) // LEAF, sha256(leaves).digest()
    digest = link(number, minute, count, root, before)
    return Seal(
        number=number, minute=minute, count=count, root=root, previous=before, digest=digest, leaves=leaves
    )


def link(number: int, minute: datetime, count: int, root: bytes, previous: bytes) -> bytes:
    """Compute the digest of a seal."""
    return sha256(_encode((number, micros(minute), count, root.hex(), previous.hex()))).digest()


def split(leaves: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the key and the digest of each row."""
    for start in range(0, len(leaves), LEAF):
        yield leaves[start : start + KEY], leaves[start + KEY : start + LEAF]


def name_of(key: bytes) -> tuple[UUID, datetime]:
    """Return the message and the instant that a key names."""
    message_id, at = _KEY.unpack(key)
    return UUID(bytes=message_id), _EPOCH + timedelta(microseconds=at)


def minute_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def micros(at: datetime) -> int:
    """Count the microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND
