"""A strict SMTP server's replies to each command, and its notes (RFC 5321, 2920, 1870, 3461, 6531)."""

import re
import ssl
from base64 import b64decode
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property
from typing import Final

from tests.providers import mail_rules, report_rules
from tests.providers.journal import Journal
from tests.providers.smtp_wire import Wire

LAST_OF_A_GROUP: Final = frozenset({"EHLO", "HELO", "DATA", "STARTTLS", "AUTH", "QUIT", "NOOP"})
"""RFC 2920, 3.1: a pipelining client waits for the reply to one of these."""

_ENVELOPE = re.compile(r"(?:MAIL FROM|RCPT TO):<([^<>\s]*)>((?: [A-Z0-9]+(?:=[^\s=]+)?)*)")

Behaviour = Callable[["Conversation", str], Awaitable[bool]]
"""Takes the line to answer; true when it has handled it, false to leave it to the server."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """An accepted mail. `content` is unstuffed."""

    sender: str
    recipient: str
    content: bytes
    connection: int
    secure: bool
    utf8: bool
    envelope_id: str | None = None

    @cached_property
    def message(self) -> EmailMessage:
        return mail_rules.parse(self.content)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """The extensions that the server offers and requires."""

    pipelining: bool = True
    esmtp: bool = True
    starttls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    size_limit: int | None = None
    smtputf8: bool = False
    dsn: bool = False

    def offers(self, *, secure: bool) -> list[str]:
        found = ["PIPELINING"] if self.pipelining else []
        found += ["STARTTLS"] if self.starttls and not secure else []
        found += ["AUTH PLAIN"] if self.login and (secure or not self.starttls) else []
        found += [f"SIZE {self.size_limit}"] if self.size_limit is not None else []
        found += ["SMTPUTF8", "8BITMIME"] if self.smtputf8 else []
        found += ["DSN"] if self.dsn else []
        return [*found, "ENHANCEDSTATUSCODES"]


@dataclass(kw_only=True)
class Notes:
    """The observations of a server. `reads` groups the verbs by socket read."""

    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    reads: list[tuple[str, ...]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    journal: Journal | None = None


@dataclass
class Envelope:
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)
    declared: int | None = None
    utf8: bool = False
    envelope_id: str | None = None


class Conversation:
    """One connection."""

    def __init__(
        self,
        wire: Wire,
        *,
        number: int,
        habits: Habits,
        notes: Notes,
        behaviours: Mapping[str, list[Behaviour]],
    ) -> None:
        self.wire = wire
        self.number = number
        self.envelope = Envelope()
        self._in_hand: tuple[Envelope, bytes] | None = None
        self._accepted: list[int] = []
        self._habits = habits
        self._notes = notes
        self._behaviours = behaviours
        self._greeted = False
        self._logged_in = False
        self._handlers: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "HELO": self._helo,
            "EHLO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "QUIT": self._quit,
        }

    async def run(self) -> None:
        if not await self._misbehaves("CONNECT", ""):
            self.wire.reply("220 mail.test ESMTP")
        await self.wire.flush()
        while not self.wire.is_over and (commands := await self.wire.read_group()):
            if not commands[0].upper().startswith("MAIL"):
                self._note_that_the_yes_arrived()
            await self._answer_group(commands)
            await self.wire.flush()

    async def take_content(self) -> None:
        """Reply 354, read the content, check it."""
        self.wire.reply("354 End data with <CR><LF>.<CR><LF>")
        await self.wire.flush()
        if await self._misbehaves("CONTENT", ""):
            return
        content = await self.wire.read_content()
        if content is None:
            self.wire.close()
        else:
            self._note_that_the_yes_arrived()
            await self._judge(content)

    def _violated(self, what: str) -> None:
        self._notes.violations.append(what)

    async def _misbehaves(self, moment: str, line: str) -> bool:
        for behaviour in list(self._behaviours.get(moment, ())):
            if await behaviour(self, line):
                return True
        return False

    async def _answer_group(self, commands: list[str]) -> None:
        verbs = tuple(command.split(" ")[0].upper() for command in commands)
        self._notes.commands += commands
        self._notes.reads.append(verbs)
        if len(verbs) > 1 and not (self._habits.pipelining and self._greeted):
            self._violated(f"pipelined without an offer: {verbs}")
        for verb in LAST_OF_A_GROUP.intersection(verbs[:-1]):
            self._violated(f"{verb} is not the last of its group")
        for verb, command in zip(verbs, commands, strict=True):
            if not await self._misbehaves(verb, command):
                await self._answer(verb, command)
            if self.wire.is_over:
                return

    async def _answer(self, verb: str, command: str) -> None:
        handler = self._handlers.get(verb)
        if handler is None:
            self._violated(f"an unknown command: {verb}")
            self.wire.reply("500 5.5.2 What?")
        elif verb not in {"MAIL", "RCPT", "DATA"} or self._allowed(verb):
            await handler(command)

    def _allowed(self, verb: str) -> bool:
        if self._habits.login and not self._logged_in:
            self.wire.reply("530 5.7.0 Authentication required")
            return False
        has_sender = self.envelope.sender is not None
        if self._greeted and has_sender is not (verb == "MAIL"):
            return True
        # In a pipelined group the commands after a refused MAIL are out of order, which is allowed.
        if verb == "MAIL" or "MAIL" not in self._notes.reads[-1]:
            self._violated(f"{verb} out of order")
        self.wire.reply("503 5.5.1 Bad sequence of commands")
        return False

    async def _helo(self, _command: str) -> None:
        self._greeted = True
        self.wire.reply("250 mail.test")

    async def _ehlo(self, _command: str) -> None:
        if not self._habits.esmtp:
            self.wire.reply("502 5.5.1 Command not implemented")
            return
        self._greeted = True
        for line in ["mail.test", *self._habits.offers(secure=self.wire.secure)]:
            self.wire.reply(f"250-{line}")
        self.wire.reply("250 HELP")

    async def _starttls(self, _command: str) -> None:
        context = self._habits.starttls
        if context is None or self.wire.secure:
            self._violated("STARTTLS without an offer")
            self.wire.reply("454 4.7.0 TLS not available")
            return
        self.wire.reply("220 2.0.0 Ready to start TLS")
        await self.wire.flush()
        await self.wire.start_tls(context)
        self._greeted, self.envelope = False, Envelope()

    async def _auth(self, command: str) -> None:
        _, method, *initial = command.split(" ")
        if method != "PLAIN" or not initial:
            self.wire.reply("504 5.5.4 Unrecognized authentication type")
            return
        _, user, password = b64decode(initial[0]).decode().split("\0")
        self._logged_in = (user, password) == self._habits.login
        yes, no = "235 2.7.0 Authentication successful", "535 5.7.8 Authentication credentials invalid"
        self.wire.reply(yes if self._logged_in else no)

    async def _mail(self, command: str) -> None:
        sender, options = self._mailbox(command, ("SIZE", "SMTPUTF8", "BODY", *report_rules.OF_MAIL))
        size, limit = options.get("SIZE"), self._habits.size_limit
        if (size is None) is not (limit is None):
            self._violated("SIZE without an offer, or an offer without SIZE")
        if "SMTPUTF8" in options and not self._habits.smtputf8:
            self._violated("SMTPUTF8 without an offer")
        if size and limit and int(size) > limit:
            self.wire.reply("552 5.3.4 Message size exceeds fixed limit")
            return
        declared = int(size) if size else None
        self.envelope = Envelope(
            sender=sender, declared=declared, utf8="SMTPUTF8" in options, envelope_id=options.get("ENVID")
        )
        self.wire.reply("250 2.1.0 Ok")

    async def _rcpt(self, command: str) -> None:
        recipient, _ = self._mailbox(command, report_rules.OF_RCPT)
        self.envelope.recipients.append(recipient)
        self.wire.reply("250 2.1.5 Ok")

    def _mailbox(self, command: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
        match = _ENVELOPE.fullmatch(command)
        if match is None:
            self._violated("MAIL or RCPT is malformed")
            return "", {}
        options = dict(option.partition("=")[::2] for option in match[2].split())
        utf8 = self.envelope.utf8 or "SMTPUTF8" in options
        if not (command.isascii() or utf8):
            self._violated("an address beyond ASCII without SMTPUTF8")
        if not options.keys() <= set(known):
            self._violated("a parameter that is not of this command")
        for fault in report_rules.faults(options, offered=self._habits.dsn, utf8=utf8):
            self._violated(fault)
        return match[1], options

    async def _data(self, _command: str) -> None:
        if self.envelope.recipients:
            await self.take_content()
        else:
            self.wire.reply("554 5.5.1 No valid recipients")

    async def _judge(self, dotted: bytes) -> None:
        envelope, self.envelope = self.envelope, Envelope()
        lines = dotted.split(b"\r\n")
        if any(line.startswith(b".") and not line.startswith(b"..") for line in lines):
            self._violated("a line that begins with a single dot")
        content = b"\r\n".join(line.removeprefix(b".") for line in lines)
        if not envelope.recipients:
            if content:
                self._violated("content although nobody is to have it")
            self.wire.reply("554 5.5.1 No valid recipients")
            return
        if envelope.declared not in (None, len(content)):
            self._violated(f"SIZE={envelope.declared}, but {len(content)} octets came")
        self._notes.violations += mail_rules.faults(content, utf8=envelope.utf8)
        self._in_hand = envelope, content
        if not await self._misbehaves("DOT", envelope.recipients[0]):
            self._accepted = self.keep()
            self.wire.reply(f"250 2.0.0 Ok: queued as {len(self._notes.mails):X}")

    def keep(self) -> list[int]:
        """
        Accept the current mail; at the moment `DOT` a behaviour may do so without a reply.

        A client that sends the next content, or another command than MAIL, has read this reply: only then the
        acceptance has arrived. The next MAIL may have come together with the content (RFC 2920, 3.1).
        """
        numbers: list[int] = []
        assert self._in_hand is not None
        envelope, content = self._in_hand
        for recipient in envelope.recipients:
            mail = Mail(
                sender=envelope.sender or "",
                recipient=recipient,
                content=content,
                connection=self.number,
                secure=self.wire.secure,
                utf8=envelope.utf8,
                envelope_id=envelope.envelope_id,
            )
            self._notes.mails.append(mail)
            if self._notes.journal is not None:
                reference = str(mail.message["Message-ID"])
                numbers.append(self._notes.journal.accepted("email", recipient, reference, answered=False))
        return numbers

    def _note_that_the_yes_arrived(self) -> None:
        if self._notes.journal is not None:
            for number in self._accepted:
                self._notes.journal.answered(number)
        self._accepted = []

    async def _rset(self, _command: str) -> None:
        self.envelope = Envelope()
        self.wire.reply("250 2.0.0 Ok")

    async def _noop(self, _command: str) -> None:
        self.wire.reply("250 2.0.0 Ok")

    async def _quit(self, _command: str) -> None:
        self.wire.reply("221 2.0.0 Bye")
        await self.wire.finish()
