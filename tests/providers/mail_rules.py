"""What every mail must keep to: RFC 5321 and 5322, and what this company asks besides. Pure."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Final

LONGEST_LINE: Final = 998
ONCE: Final = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")

_BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")


def parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.SMTP)


def faults(content: bytes, *, utf8: bool) -> Iterator[str]:
    """Yield what is wrong with a mail as it was received, dots already taken out."""
    if _BARE_LINE_END.search(content):
        yield "a bare CR or LF"
    if b"\0" in content:
        yield "a NUL"
    if any(len(line) > LONGEST_LINE for line in content.split(b"\r\n")):
        yield f"a line of more than {LONGEST_LINE} octets"
    if not (utf8 or content.isascii()):
        yield "octets beyond ASCII without SMTPUTF8"
    yield from _header_faults(parse(content))


def _header_faults(message: EmailMessage) -> Iterator[str]:
    for name in ONCE:
        found = message.get_all(name, [])
        if len(found) != 1:
            yield f"{name} is there {len(found)} times"
    for name, value in message.items():
        yield from (f"{name}: {type(defect).__name__}" for defect in getattr(value, "defects", ()))
    for part in message.walk():
        yield from (f"a part: {type(defect).__name__}" for defect in part.defects)
    if not _MESSAGE_ID.fullmatch(str(message.get("Message-ID", "<a@b>")).strip()):
        yield "Message-ID is not <left@right>"
    if "Bcc" in message:
        yield "Bcc"
