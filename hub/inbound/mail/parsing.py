"""
A stranger's mail taken apart with the stdlib's parser, in its lenient policy. Pure.

The newer policies parse each header as it is looked at, and raise at some that are malformed.
"""

from __future__ import annotations

import codecs
import email
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from itertools import islice
from typing import Final

from hub.inbound.mail.markup import as_text

LONGEST_HEADER: Final = 2000
LONGEST_TEXT: Final = 200_000
"""Characters that are looked at; what people write themselves is far shorter."""
MOST_PARTS: Final = 50
"""Each nested part costs time for every line after it."""
MOST_LINES: Final = 100_000
"""
Lines that are looked at: a mail of 5 MiB with an attachment has 90,000. Of two octets each they would
become headers or parts by the million, each an object of a kilobyte.
"""

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
"""What ends a line for the stdlib's parser."""
_KIND: Final = re.compile(rb"[\r\n]content-type:", re.IGNORECASE)

_NO_CHARSETS: Final = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python that are no charsets; some take hours for a long text."""


class Unreadable(ValueError):
    """Not a mail that anybody could read."""


def parse(content: bytes) -> Message:
    """Take apart the first lines; raises `Unreadable` for what is made to be costly."""
    content = _first_lines(content)
    if sum(1 for _ in _KIND.finditer(content)) > MOST_PARTS:
        raise Unreadable
    return email.message_from_bytes(content)


def _first_lines(content: bytes) -> bytes:
    last = next(islice(_LINE_END.finditer(content), MOST_LINES - 1, None), None)
    return content if last is None else content[: last.end()]


def header(message: Message, name: str) -> str:
    """Answer a header's first value, decoded, on one line; empty where there is none."""
    value = str(message.get(name, ""))[:LONGEST_HEADER]
    # An encoded word that is none is shown as it came.
    with suppress(MessageError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return clean(" ".join(value.split()))


def address(message: Message, name: str) -> str:
    """Answer the first address of a header; empty where there is none."""
    found = parseaddr(str(message.get(name, ""))[:LONGEST_HEADER])[1]
    return clean(found) if "@" in found and len(found) <= 254 else ""


def words(message: Message) -> str:
    """
    Answer the text that a person reads: the first plain part, else the first HTML as text.

    Those of a mail within the mail count only where there are no others.
    """
    leaves = [part for part in message.walk() if not part.is_multipart() and not _is_attached(part)]
    return _first_words(list(_own_parts(message))) or _first_words(leaves)


def _first_words(parts: Sequence[Message]) -> str:
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind:
                text = content(part)
                return text if kind == "text/plain" else clean(as_text(text))
    return ""


def _own_parts(message: Message) -> Iterator[Message]:
    if not message.is_multipart():
        if not _is_attached(message):
            yield message
    elif message.get_content_maintype() != "message":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _own_parts(part)


def content(part: Message) -> str:
    """Answer a part's text, whatever its charset and encoding claim to be."""
    payload = part.get_payload(decode=True)
    octets = payload[:LONGEST_TEXT] if isinstance(payload, bytes) else b""
    try:
        text = octets.decode(_charset(part), "replace")
    except (LookupError, ValueError):
        text = octets.decode("utf-8", "replace")
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(text: str) -> str:
    """Make fit to be stored: PostgreSQL takes neither NUL nor half a character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _charset(part: Message) -> str:
    name = str(part.get_content_charset("utf-8"))
    return "utf-8" if codecs.lookup(name).name in _NO_CHARSETS | {"ascii"} else name


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"
