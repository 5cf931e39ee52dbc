"""
Parsing of a stranger's mail, with the stdlib's parser and its lenient policy; HTML as its text. Pure.

The newer policies parse a header on access and raise for some malformed ones. The stdlib's parser of HTML is
too slow for hostile input: it takes a minute for 100,000 characters of `<a `. The one here looks at each
character a few times at most.
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
from html import unescape
from itertools import islice
from typing import Final

from hub.model.given_files import LONGEST_NAME, GivenFile

_COMMENT: Final = "<!--"
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})[^<>]{0,4000}>|<[!?/][^<>]{0,4000}>")
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_BREAKS: Final = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "hr", "pre"}
)


LONGEST_HEADER: Final = 2000
LONGEST_TEXT: Final = 200_000
"""Characters that are read; people write far shorter texts."""
SMALLEST_PICTURE: Final = 10_000
"""Bytes of a picture between the words that counts as a file: smaller ones are logos of signatures."""
MOST_PARTS: Final = 50
"""The parser does work for each open part on every line."""
MOST_LINES: Final = 100_000
"""
Lines that are parsed. A mail of 5 MiB with an attachment has 90,000. Without a limit, lines of two octets
would become millions of headers or parts of a kilobyte each.
"""

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
"""The end of a line for the stdlib's parser."""
_KIND: Final = re.compile(rb"[\r\n]content-type:", re.IGNORECASE)

_NAMELESS: Final = "archivo"
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Python codecs that are not charsets; some take hours for a long text."""


class Unreadable(ValueError):
    """The mail cannot be read."""


def parse(content: bytes) -> Message:
    """Parse the first lines. Raises `Unreadable` for a mail with too many parts."""
    content = _first_lines(content)
    if sum(1 for _ in _KIND.finditer(content)) > MOST_PARTS:
        raise Unreadable
    return email.message_from_bytes(content)


def _first_lines(content: bytes) -> bytes:
    last = next(islice(_LINE_END.finditer(content), MOST_LINES - 1, None), None)
    return content if last is None else content[: last.end()]


def header(message: Message, name: str) -> str:
    """Return a header's first value, decoded, on one line; empty without the header."""
    value = str(message.get(name, ""))[:LONGEST_HEADER]
    # A malformed encoded word stays as it is.
    with suppress(MessageError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return clean(" ".join(value.split()))


def address(message: Message, name: str) -> str:
    """Return the first address of a header; empty without one."""
    mailbox = parseaddr(str(message.get(name, ""))[:LONGEST_HEADER])[1]
    return clean(mailbox) if "@" in mailbox and len(mailbox) <= 254 else ""


def words(message: Message) -> str:
    """
    Return the text that a person reads: the first plain part, else the first HTML part as text.

    Parts of a forwarded mail count only when the mail has no text of its own.
    """
    leaves = [part for part in message.walk() if not part.is_multipart() and not _is_attached(part)]
    return _first_words(list(_own_parts(message))) or _first_words(leaves)


def files(message: Message) -> tuple[GivenFile, ...]:
    """Return what is attached, and documents and photos between the words: many programs write them so."""
    found = [part for part in message.walk() if not part.is_multipart() and _is_file(part)]
    return tuple(GivenFile(name=_file_name(part) or _NAMELESS, content=_octets(part)) for part in found)


def _is_file(part: Message) -> bool:
    if _is_attached(part):
        return True
    if part.get_content_maintype() == "image":
        return len(_octets(part)) >= SMALLEST_PICTURE
    return part.get_content_maintype() == "application" and bool(part.get_filename())


def _file_name(part: Message) -> str:
    name = str(part.get_filename() or "")[:LONGEST_HEADER]
    with suppress(MessageError, LookupError, ValueError):
        name = str(make_header(decode_header(name)))
    return clean(" ".join(name.split()))[:LONGEST_NAME]


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
    """Return a part's text, even if its declared charset or encoding is wrong."""
    octets = _octets(part)[:LONGEST_TEXT]
    try:
        text = octets.decode(_charset(part), "replace")
    except (LookupError, ValueError):
        text = octets.decode("utf-8", "replace")
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def _octets(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def clean(text: str) -> str:
    """Remove what PostgreSQL cannot store: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _charset(part: Message) -> str:
    name = str(part.get_content_charset("utf-8"))
    return "utf-8" if codecs.lookup(name).name in _NO_CHARSETS | {"ascii"} else name


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def as_text(html: str) -> str:
    """Reduce HTML to lines of text; quoted lines begin with `> `, as in a plain mail."""
    page = _Page()
    bare = _without_comments(html)
    end = 0
    for tag in _TAG.finditer(bare):
        page.write(bare[end : tag.start()])
        end = tag.end()
        if tag[2]:
            page.apply(tag[2].lower(), opens=not tag[1])
    page.write(bare[end:])
    return page.text()


def _without_comments(html: str) -> str:
    """Remove comments. A comment without an end hides the rest, as in a browser."""
    return "".join(_outside(html))


def _outside(html: str) -> Iterator[str]:
    at = 0
    while (start := html.find(_COMMENT, at)) >= 0:
        yield html[at:start]
        end = html.find("-->", start)
        if end < 0:
            return
        at = end + 3
    yield html[at:]


class _Page:
    """Collects lines of text; the last one is still open."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]
        self._silent = 0
        self._quoted = 0

    def text(self) -> str:
        return "\n".join(" ".join("".join(line).split()) for line in self._lines).strip("\n")

    def write(self, text: str) -> None:
        if not self._silent:
            self._lines[-1].append(unescape(text))

    def apply(self, tag: str, *, opens: bool) -> None:
        depth = 1 if opens else -1
        if tag in _SILENT:
            self._silent = max(0, self._silent + depth)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted + depth)
        if tag in _BREAKS:
            self._lines.append(["> " * min(self._quoted, 9)])
