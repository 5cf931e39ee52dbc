"""The words in the bytes of a message that were kept. Pure."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Final

import msgspec

from hub.model import Rendered

_SUBJECT: Final = 3
"""Where the subject stands in the canonical form; the text follows it."""


def words_of(content: bytes, channel: str) -> Rendered:
    """Read subject and text from the bytes that left, which have been compared with their digest."""
    if channel != "email":
        fields = msgspec.json.decode(content, type=list)
        return Rendered(subject=fields[_SUBJECT], text=fields[_SUBJECT + 1])
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    text: str = body.get_content() if body is not None else ""
    return Rendered(subject=str(mail["Subject"] or ""), text=text.replace("\r\n", "\n"))
