"""
What proves the words of an accepted message: the digest of the bytes that left.

Of an email these are its bytes (RFC 5322), before SMTP's dot-stuffing: whoever has the mail can compare. The
other channels hand fields to a provider or to the database; their bytes are the canonical form below. Pure.
"""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Final

import msgspec

from hub.model import Accepted, Evidence, Outgoing, Purpose

_encode: Final = msgspec.json.Encoder().encode


def evidence_of(outgoing: Outgoing, answer: Accepted) -> Evidence:
    """Make the evidence of a message that a provider accepted. A legal message keeps its bytes."""
    content = answer.content or canonical(outgoing)
    return Evidence(
        digest=sha256(content).digest(),
        facts=outgoing.rendered.facts,
        content=zlib.compress(content) if outgoing.message.purpose is Purpose.LEGAL else None,
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
