"""The identity of a copropiedad as it is kept: once by its digest, because thousands of messages share it."""

from __future__ import annotations

import zlib
from hashlib import sha256

import msgspec

from hub.model import Brand, Json


def packed_brand(branding: Json) -> tuple[bytes, bytes] | None:
    """Return the digest of a `branding` and its compressed form; None for an empty one."""
    if not branding:
        return None
    encoded = msgspec.json.encode(branding, order="deterministic")
    return sha256(encoded).digest(), zlib.compress(encoded)


def brand_of(digest: bytes, sources: bytes) -> Brand | None:
    """Read it; None if it has another digest: somebody has changed it."""
    try:
        encoded = zlib.decompress(sources)
    except zlib.error:
        return None
    if sha256(encoded).digest() != digest:
        return None
    return Brand(digest=digest, data=msgspec.json.decode(encoded))
