"""
The bytes of an email: RFC 5322, 2045–2047. Hand-written, at a tenth of the stdlib's cost.

7-bit, CRLF, lines of at most 78 characters where an address allows it. The SMTP session does the
dot-stuffing. Only an address with a non-ASCII local part makes it 8-bit.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from hub.errors import PermanentFailure
from hub.messages.delivery.evidence import document_lines
from hub.model import Facts, InlineImage, Outgoing, Rendered, Sender
from hub.resilience.database_time import NOW

ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
"""The one field of the form that a mailbox provider posts for its user (RFC 8058), and its value."""
_LINE: Final = 78
_ENCODED_WORD: Final = 75
_BASE64: Final = 76
_FOLD: Final = "\r\n "
_OPEN: Final = "=?utf-8?q?"
_CLOSE: Final = "?="
_ROOM: Final = _ENCODED_WORD - len(_OPEN) - len(_CLOSE)

# Control characters allow header injection; the others change the writing direction.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_ADDRESS: Final = re.compile(r"[^\x00-\x20\x7f-\x9f<>]+@[^\x00-\x20\x7f-\x9f<>@]+")
_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+@[\x21-\x3b\x3d\x3f-\x7e]+>")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def compose(outgoing: Outgoing, *, sender: Sender) -> bytes:
    """
    Build the whole message from its facts: the same call makes a sent mail again. `sender` writes a message
    that has no sender of its own.
    """
    facts = outgoing.rendered.facts
    return build_email(
        outgoing,
        sender=outgoing.rendered.sender or sender,
        domain=sender.address.rpartition("@")[2],
        now=NOW() if facts is None else facts.at,
        reply_to="" if facts is None else facts.reply_to,
    )


def build_email(
    outgoing: Outgoing, *, sender: Sender, domain: str, now: datetime, reply_to: str = ""
) -> bytes:
    """
    Build the whole message. `domain` is the right side of the Message-ID, the same for all attempts.

    `reply_to` is the reply address of this message; empty means the sender's own.

    Raises PermanentFailure for an address that is not allowed in a header.
    """
    facts = outgoing.rendered.facts
    answered = _answered(facts, domain) if facts and (facts.in_reply_to or facts.replaces) else ""
    head = (
        f"{_sender_header(sender)}\r\n"
        f"{_mailbox_header('Reply-To', sender.name, reply_to) if reply_to else _reply_header(sender)}\r\n"
        f"{_mailbox_header('To', outgoing.message.name, outgoing.message.address)}\r\n"
        f"{_text_header('Subject', outgoing.rendered.subject)}\r\n"
        f"Date: {_date(now.replace(microsecond=0))}\r\n"
        f"Message-ID: <{outgoing.message.id}@{domain}>\r\n"
        f"{_thread_headers(answered) if answered else ''}"
        "MIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-generated\r\n"
        f"Content-Language: {outgoing.rendered.language}\r\n"
        f"X-Hub-Event: {_one_line(outgoing.message.event)}\r\n"
        f"{_list_headers(facts, domain) if facts and (facts.list_id or facts.unsubscribe) else ''}"
    )
    content = _content(outgoing.rendered, boundary=f"=_{outgoing.message.id.hex}")
    return head.encode() + (content if not outgoing.attachment else _with_attachment(content, outgoing))


def _answered(facts: Facts, domain: str) -> str:
    """Return the Message-ID of the mail that this one answers, or of our own that it corrects."""
    return facts.in_reply_to or f"<{facts.replaces}@{domain}>"


def _thread_headers(answered: str) -> str:
    """
    Name the mail that this one answers (RFC 5322, 3.6.4).

    Its writer has made the id: one that is no `msg-id` could add a header, and is left out.
    """
    if not _MESSAGE_ID.fullmatch(answered):
        return ""
    return f"In-Reply-To:{_FOLD}{answered}\r\nReferences:{_FOLD}{answered}\r\n"


def _list_headers(facts: Facts, domain: str) -> str:
    """
    Name the list (RFC 2919), and the link that ends it with one click (RFC 2369, RFC 8058).

    A mailbox provider offers the click only where the DKIM signature of the mail server covers both headers.
    """
    headers = ""
    if facts.list_id:
        phrase = _phrase(_one_line(facts.building or ""), len("List-Id: ")) if facts.building else ""
        headers += f"List-Id: {phrase}{_FOLD if phrase else ''}<{facts.list_id}.{wire_domain(domain)}>\r\n"
    if facts.unsubscribe:
        headers += (
            f"List-Unsubscribe:{_FOLD}<{facts.unsubscribe}>\r\n"
            f"List-Unsubscribe-Post: {ONE_CLICK[0]}={ONE_CLICK[1]}\r\n"
        )
    return headers


def wire_domain(domain: str) -> str:
    return wire_address(f"x@{domain}").partition("@")[2]


def wire_address(address: str) -> str:
    """Return the address in wire format: the domain as IDNA. Raises PermanentFailure."""
    local, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(address):
        raise PermanentFailure("bad_address", gone=True)
    if domain.isascii() or not local.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as exc:
        raise PermanentFailure("bad_address", gone=True) from exc


def _content(rendered: Rendered, *, boundary: str) -> bytes:
    """
    Text as quoted-printable, which is readable in the source; HTML as base64, at half the cost.

    A boundary with `=_` cannot occur in either.
    """
    text = _part("plain", "quoted-printable", _quoted_printable(rendered.text))
    if not rendered.html:
        return text
    # No boundary may begin with another: a reader compares only the beginning of a line.
    html = _part("html", "base64", _base64(rendered.html.encode()))
    if rendered.image is not None:
        html = _several("related", (html, _image(rendered.image)), boundary=boundary.replace("=_", "=_r"))
    return _several("alternative", (text, html), boundary=boundary)


def _several(kind: str, parts: tuple[bytes, bytes], *, boundary: str) -> bytes:
    one, other = parts
    edge = f"\r\n--{boundary}".encode()
    return b"".join(
        (
            f'Content-Type: multipart/{kind};{_FOLD}boundary="{boundary}"\r\n'.encode(),
            edge,
            b"\r\n",
            one,
            edge,
            b"\r\n",
            other,
            edge,
            b"--\r\n",
        )
    )


@lru_cache(maxsize=256)
def _image(image: InlineImage) -> bytes:
    """Write the part of a logo, which is the same in thousands of mails."""
    head = (
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-ID: <{image.cid}>\r\nContent-Disposition: inline; filename="logo.png"\r\n\r\n'
    )
    return head.encode() + _base64(image.content)


def _with_attachment(content: bytes, outgoing: Outgoing) -> bytes:
    """Put the text and the document of the message into one whole."""
    facts = outgoing.rendered.facts
    if facts is None or facts.document is None:
        raise PermanentFailure("unnamed_attachment")
    kind, name = facts.document.kind, facts.document.name
    head = (
        f'Content-Type: {kind};{_FOLD}name="{name}"\r\n'
        f'Content-Disposition: attachment;{_FOLD}filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    attached = head.encode() + document_lines(outgoing.attachment)
    return _several("mixed", (content, attached), boundary=f"=_m{outgoing.message.id.hex}")


def _part(kind: str, encoding: str, content: bytes) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + content


def _base64(content: bytes) -> bytes:
    encoded = b2a_base64(content, newline=False)
    return b"\r\n".join([encoded[start : start + _BASE64] for start in range(0, len(encoded), _BASE64)])


def _quoted_printable(text: str) -> bytes:
    """Encode. `b2a_qp` uses the line end of its input's first line, so there must be one, with CRLF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    return b2a_qp(lines.replace("\n", "\r\n").encode())


@lru_cache(maxsize=16)
def _sender_header(sender: Sender) -> str:
    return _mailbox_header("From", sender.name, sender.address)


@lru_cache(maxsize=16)
def _reply_header(sender: Sender) -> str:
    return _mailbox_header("Reply-To", sender.name, sender.reply_to or sender.address)


def _mailbox_header(header: str, name: str, address: str) -> str:
    address = f"<{wire_address(address)}>"
    phrase = _phrase(_one_line(name), len(header) + 2)
    last = len(phrase) - phrase.rfind("\n") - 1
    used = last if "\n" in phrase else last + len(header) + 2
    if not phrase:
        return f"{header}: {address}"
    fold = _FOLD if used + 1 + len(address) > _LINE else " "
    return f"{header}: {phrase}{fold}{address}"


def _phrase(name: str, used: int) -> str:
    """Write a display name: atoms, a quoted string, or encoded words if it is long or not ASCII."""
    if not name.isascii() or "=?" in name or used + len(name) + 2 > _LINE:
        return _encoded(name, used)
    if _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if used + len(escaped) + 2 <= _LINE else _encoded(name, used)


def _text_header(header: str, text: str) -> str:
    text = _one_line(text)
    used = len(header) + 2
    if text.isascii() and "=?" not in text and used + len(text) <= _LINE:
        return f"{header}: {text}"
    return f"{header}: {_encoded(text, used)}"


def _encoded(text: str, used: int) -> str:
    """Encode as RFC 2047 words of at most 75 characters, no character split, the first shorter by `used`."""
    return _FOLD.join(_words(text, min(_ROOM, _LINE - used - len(_OPEN) - len(_CLOSE))))


def _words(text: str, room: int) -> Iterator[str]:
    word: list[str] = []
    for char in map(_quoted, text):
        if len(char) > room:
            yield f"{_OPEN}{''.join(word)}{_CLOSE}"
            word, room = [], _ROOM
        word.append(char)
        room -= len(char)
    yield f"{_OPEN}{''.join(word)}{_CLOSE}"


@lru_cache(maxsize=4096)
def _quoted(char: str) -> str:
    """Keep only characters that RFC 2047 §5 (3) allows in a phrase; a space becomes `_`."""
    if char in _PLAIN:
        return char
    return "_" if char == " " else "".join(f"={byte:02X}" for byte in char.encode())


@lru_cache(maxsize=4)
def _date(second: datetime) -> str:
    """Format a date. Cached: under load thousands of mails share a second."""
    return format_datetime(second)


def _one_line(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", text).split())
