"""
Evidence of the words of an accepted message: the digest of the bytes that left.

For an email these are its bytes (RFC 5322), before SMTP's dot-stuffing: its reader can compare them. The
other channels hand fields to a provider or to the database; their bytes are the canonical form below. Pure.

Kept bytes have a gap in place of an attached document, which is stored once for all mails:

    \\0document SHA-256 PLACE\\n, then the mail without the lines of the document
"""

from __future__ import annotations

import zlib
from binascii import b2a_base64
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.model import Accepted, Evidence, Outgoing, Purpose

_encode: Final = msgspec.json.Encoder().encode
_LINE: Final = 76
_GAP: Final = b"\0document "
"""No mail and no JSON begins like this."""


def evidence_of(outgoing: Outgoing, answer: Accepted, parts: int | None = None) -> Evidence:
    """
    Make the evidence of a message that a provider accepted. A legal message keeps its bytes.

    A one-time code is stored nowhere: the evidence of its message is the digest alone. A text message
    keeps in how many `parts` it was paid for.
    """
    content, facts = answer.content or canonical(outgoing), outgoing.rendered.facts
    if parts is not None and facts is not None:
        facts = replace(facts, parts=parts)
    return Evidence(
        digest=sha256(content).digest(),
        facts=None if facts is None or facts.code else facts,
        content=pack(content, outgoing.attachment) if outgoing.message.purpose is Purpose.LEGAL else None,
    )


def canonical(outgoing: Outgoing) -> bytes:
    """
    Encode a message that is not an email: a JSON array in UTF-8, without spaces.

    ["sms", name, address, subject, text, html, template, [[parameter, value], …]]
    """
    message, words = outgoing.message, outgoing.rendered
    return _encode(
        (
            message.channel,
            message.name,
            message.address,
            words.subject,
            words.text,
            words.html,
            words.template,
            words.parameters,
        )
    )


def pack(content: bytes, document: bytes = b"") -> bytes:
    """Compress the bytes with a gap for the document: else each mail to a building would keep a copy."""
    lines = document_lines(document) if document else b""
    place = content.find(lines) if lines else -1
    if place >= 0:
        gap = b"%b%b %d\n" % (_GAP, sha256(document).hexdigest().encode(), place)
        content = gap + content[:place] + content[place + len(lines) :]
    return zlib.compress(content)


def missing_document(packed: bytes) -> str | None:
    """Return the SHA-256 of the document that kept bytes have a gap for. Raises zlib.error."""
    content = zlib.decompress(packed)
    return content.removeprefix(_GAP).split(b" ", 1)[0].decode() if content.startswith(_GAP) else None


def unpack(packed: bytes, documents: Mapping[str, bytes]) -> bytes:
    """
    Return the bytes that left, with the document of this SHA-256 in its gap.

    Without that document the gap stays, and the bytes have another digest. Raises zlib.error.
    """
    content = zlib.decompress(packed)
    if not content.startswith(_GAP):
        return content
    gap, _, rest = content.partition(b"\n")
    named, _, place = gap.removeprefix(_GAP).partition(b" ")
    document = documents.get(named.decode("ascii", "replace"))
    if document is None or not place.isdigit():
        return content
    return rest[: int(place)] + document_lines(document) + rest[int(place) :]


@lru_cache(maxsize=2)
def document_lines(document: bytes) -> bytes:
    """Encode a document as a mail has it. Cached: a whole building gets the same one."""
    encoded = b2a_base64(document, newline=False)
    return b"\r\n".join([encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)])
