"""Rules for every mail: RFC 5321 and 5322, and this company's own. Pure."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from functools import lru_cache
from typing import Final

LONGEST_LINE: Final = 998
ONCE: Final = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
INTERNATIONAL: Final = frozenset({"NonASCIILocalPartDefect", "UndecodableBytesDefect"})
"""The parser's defects for UTF-8 headers, which RFC 6532 allows after SMTPUTF8."""

_BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")


_POLICY = email.policy.SMTP.clone(header_factory=lru_cache(maxsize=4096)(HeaderRegistry()))
"""It remembers headers: the parser reads a `Content-Type` ten times, and all mails have the same ones."""


def parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=_POLICY)


def faults(content: bytes, *, utf8: bool) -> Iterator[str]:
    """Yield the faults of a received mail, dots already unstuffed."""
    if _BARE_LINE_END.search(content):
        yield "a bare CR or LF"
    if b"\0" in content:
        yield "a NUL"
    if any(len(line) > LONGEST_LINE for line in content.split(b"\r\n")):
        yield f"a line of more than {LONGEST_LINE} octets"
    if not (utf8 or content.isascii()):
        yield "octets beyond ASCII without SMTPUTF8"
    yield from _header_faults(parse(content), INTERNATIONAL if utf8 else frozenset())


def _header_faults(message: EmailMessage, allowed: frozenset[str]) -> Iterator[str]:
    for name in ONCE:
        found = message.get_all(name, [])
        if len(found) != 1:
            yield f"{name} is there {len(found)} times"
    for name, value in message.items():
        defects = {type(defect).__name__ for defect in getattr(value, "defects", ())}
        yield from (f"{name}: {defect}" for defect in defects - allowed)
    for part in message.walk():
        yield from (f"a part: {type(defect).__name__}" for defect in part.defects)
    if not _MESSAGE_ID.fullmatch(str(message.get("Message-ID", "<a@b>")).strip()):
        yield "Message-ID is not <left@right>"
    if "Bcc" in message:
        yield "Bcc"
