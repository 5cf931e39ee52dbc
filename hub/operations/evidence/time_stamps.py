"""
Time stamps by an authority (RFC 3161), over the digest of a seal. Pure.

A query is one fixed form with a gap for the digest. The hub reads only whether an answer grants, and whether
it is about that digest. A doubter judges its signature: `openssl ts -verify`.
"""

from __future__ import annotations

from typing import Final

_VERSION: Final = bytes.fromhex("020101")
_SHA_256: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""MessageImprint: the algorithm, then the head of an octet string of 32 bytes."""
_WITH_CERTIFICATE: Final = bytes.fromhex("0101ff")
_SEQUENCE: Final = 0x30
_GRANTED: Final = (bytes.fromhex("020100"), bytes.fromhex("020101"))
"""PKIStatus: granted, or granted with modifications."""


def query(digest: bytes) -> bytes:
    """Make the TimeStampReq for a SHA-256."""
    content = _VERSION + _SHA_256 + digest + _WITH_CERTIFICATE
    return bytes((_SEQUENCE, len(content))) + content


def grants(reply: bytes, digest: bytes) -> bool:
    """Return whether a TimeStampResp grants a stamp over this digest."""
    status = _inside(_inside(reply))
    return status.startswith(_GRANTED) and _SHA_256[2:] + digest in reply


def _inside(encoded: bytes) -> bytes:
    """Return what follows the head of a DER sequence; empty if it is none."""
    if len(encoded) < 2 or encoded[0] != _SEQUENCE:
        return b""
    more = encoded[1] & 0x7F if encoded[1] & 0x80 else 0
    return encoded[2 + more :]
