"""Bytes that left: their words, and what a reader who is not their recipient may see of them."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

import msgspec

from hub.model import Rendered
from hub.sla.ack_links import without_link


def readable(content: bytes) -> str:
    """
    Return an email, or the JSON array of a provider's request, without the links that act for the recipient.

    Without such a link the bytes are unchanged. In an email, the parts that have one are encoded anew.
    """
    if content.startswith(b"["):
        return without_link(content.decode("utf-8", "replace"))
    mail = message_from_bytes(content, _class=EmailMessage, policy=policy.SMTP)
    masked = [_masked(part) for part in mail.walk() if part.get_content_maintype() == "text"]
    return (mail.as_bytes() if any(masked) else content).decode("utf-8", "replace")


def _masked(part: EmailMessage) -> bool:
    said = part.get_content()
    shown = without_link(said)
    if shown == said:
        return False
    part.set_content(shown, subtype=part.get_content_subtype(), cte=part["Content-Transfer-Encoding"])
    return True


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
