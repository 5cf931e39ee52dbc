"""The SMTP client's side of one mail transaction (RFC 5321, 2920 pipelining, 3461 reports). No I/O."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

LONGEST_LINE: Final = 8192
MOST_LINES: Final = 200
SERVICE_CLOSING: Final = 421
CONNECTION_LOST: Final = "connection_lost"

_MARKS: Final = (b" ", b"-", b"\r", b"")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NOT_PLAIN = re.compile(rb"[^!-*,-<>-~]", re.DOTALL)

LONGEST_ORIGINAL: Final = 493
"""Octets: RFC 3461, 4.2 limits ORCPT to 500, its type included."""


class MalformedReply(ValueError):
    """The server is no SMTP server."""


class Stage(Enum):
    """The command whose reply is awaited. Once CONTENT is written the mail may have been accepted."""

    RESET = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    CONTENT = auto()
    ABANDON = auto()


# Tuples instead of frozen dataclasses: this is the hot path, with several per mail.
class Reply(NamedTuple):
    """One reply as received; lines are joined with a newline."""

    code: int
    line: bytes

    @property
    def text(self) -> str:
        return self.line.decode("utf-8", "replace")


class TransactionResult(NamedTuple):
    """The end of a transaction: the reply that decided it, or why there was none."""

    stage: Stage
    reply: Reply | None
    cause: str = ""

    @property
    def accepted(self) -> bool:
        return self.stage is Stage.CONTENT and self.reply is not None and self.reply.code // 100 == 2

    @property
    def hung_up(self) -> bool:
        """True when the server disconnected before any part of the message was sent."""
        if self.stage is Stage.CONTENT:
            return False
        return self.cause == CONNECTION_LOST if self.reply is None else self.reply.code == SERVICE_CLOSING


class Step(NamedTuple):
    """Bytes to write (or none), then the reply to await; `otherwise` is the verdict if none comes."""

    stage: Stage
    out: bytes
    otherwise: TransactionResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Extensions that the server's EHLO offers. `size_limit` is in bytes; 0 without a limit."""

    pipelining: bool = False
    smtputf8: bool = False
    size: bool = False
    size_limit: int = 0
    dsn: bool = False
    tls: bool = False

    def refuse(self, letter: Letter) -> str | None:
        """Return why this server cannot take the letter; None if it can."""
        if letter.utf8 and not self.smtputf8:
            return "smtputf8_unsupported"
        return "too_large" if 0 < self.size_limit < letter.size else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """
    A mail for one recipient. `content` is in wire format, final dot included.

    `envelope_id` returns unchanged in reports (RFC 3461): letters, digits and dots.
    """

    sender: bytes
    recipient: bytes
    content: bytes
    size: int
    utf8: bool
    envelope_id: bytes


def wire_content(message: bytes) -> tuple[bytes, int]:
    """
    Return the message as DATA sends it, and its size as SIZE counts it (RFC 1870: undotted).

    Repairs line ends that are not CRLF: a bare LF before a dot allows SMTP smuggling.
    """
    if not message.count(b"\n") == message.count(b"\r") == message.count(b"\r\n"):
        message = _LINE_END.sub(b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    dotted = message.replace(b"\r\n.", b"\r\n..")
    if dotted.startswith(b"."):
        dotted = b"." + dotted
    return dotted + b".\r\n", len(message)


def transaction(letter: Letter, offers: Offers, *, reset: bool) -> Generator[Step, Reply, TransactionResult]:
    """Run the dialogue: yields steps, receives replies, returns the result."""
    commands = _commands(letter, offers, reset=reset)
    refused = yield from (_in_one_write(commands) if offers.pipelining else _in_lockstep(commands))
    if refused is not None:
        return refused
    return TransactionResult(Stage.CONTENT, (yield Step(Stage.CONTENT, letter.content)))


def _commands(letter: Letter, offers: Offers, *, reset: bool) -> list[tuple[Stage, bytes]]:
    options = b" SIZE=%d" % letter.size if offers.size else b""
    if letter.utf8:
        options += b" SMTPUTF8"
    if offers.dsn:
        options += b" RET=HDRS ENVID=%b" % letter.envelope_id
    reports = _reports(letter.recipient) if offers.dsn else b""
    commands = [
        (Stage.MAIL, b"MAIL FROM:<%b>%b\r\n" % (letter.sender, options)),
        (Stage.RCPT, b"RCPT TO:<%b>%b\r\n" % (letter.recipient, reports)),
        (Stage.DATA, b"DATA\r\n"),
    ]
    return [(Stage.RESET, b"RSET\r\n"), *commands] if reset else commands


def _reports(recipient: bytes) -> bytes:
    """Request reports of failures and delays. ORCPT has no type for a non-ASCII address (RFC 6533)."""
    original = xtext(recipient)
    if not recipient.isascii() or len(original) > LONGEST_ORIGINAL:
        return b" NOTIFY=FAILURE,DELAY"
    return b" NOTIFY=FAILURE,DELAY ORCPT=rfc822;%b" % original


def xtext(octets: bytes) -> bytes:
    """Encode as RFC 3461, 4: invisible characters, `+` and `=` become `+` and two hex digits."""
    return _NOT_PLAIN.sub(_in_digits, octets)


def _in_digits(match: re.Match[bytes]) -> bytes:
    return b"+%02X" % ord(match[0])


def _in_lockstep(commands: list[tuple[Stage, bytes]]) -> Generator[Step, Reply, TransactionResult | None]:
    for stage, command in commands:
        reply = yield Step(stage, command)
        if not _positive(stage, reply):
            return TransactionResult(stage, reply)
    return None


def _in_one_write(commands: list[tuple[Stage, bytes]]) -> Generator[Step, Reply, TransactionResult | None]:
    out = b"".join([command for _, command in commands])
    refused = None
    for stage, _ in commands:
        reply = yield Step(stage, out)
        out = b""
        if refused is None and not _positive(stage, reply):
            refused = TransactionResult(stage, reply)
    if refused is not None and refused.stage is Stage.RCPT and reply.code == 354:
        # The server waits for a message without recipients (RFC 2920, 3.1). After any other refusal
        # a lone dot might deliver an empty mail: there the session is closed instead.
        yield Step(Stage.ABANDON, b".\r\n", otherwise=refused)
    return refused


def _positive(stage: Stage, reply: Reply) -> bool:
    return reply.code == 354 if stage is Stage.DATA else reply.code // 100 == 2


class ReplyReader:
    """Splits a stream of bytes into replies, and limits how much a server can make us buffer."""

    def __init__(self) -> None:
        self._tail = b""
        self._texts: list[bytes] = []

    def feed(self, data: bytes) -> list[Reply]:
        """Return the complete replies. Raises `MalformedReply`."""
        *lines, self._tail = (self._tail + data).split(b"\n")
        if len(self._tail) > LONGEST_LINE:
            raise MalformedReply
        return [reply for line in lines if (reply := self._line(line)) is not None]

    def _line(self, line: bytes) -> Reply | None:
        code, mark = line[:3], line[3:4]
        if not (code.isdigit() and mark in _MARKS) or len(self._texts) > MOST_LINES:
            raise MalformedReply
        text = line[4:].rstrip()
        if mark == b"-":
            self._texts.append(text)
            return None
        if self._texts:
            text = b"\n".join([*self._texts, text])
            self._texts.clear()
        return Reply(int(code), text)
