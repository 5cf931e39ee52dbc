"""Mail that is caught, and stored as `.eml` files in a folder, one per message."""

from __future__ import annotations

import asyncio
import email.policy
import itertools
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.local.loopback import ADDRESS

NAME = re.compile(r"\d{8}T\d{12}-\d{6}")

_PARSER = BytesParser(policy=email.policy.default)
_counter = itertools.count()


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """`recipients` are the envelope's; `received_at` is UTC."""

    name: str
    received_at: datetime
    subject: str
    sender: str
    recipients: Sequence[str]
    html: str | None
    text: str | None
    attachments: Sequence[Attachment]
    raw: str


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> str:
        """Store a mail and return its name; names sort by time of arrival."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{next(_counter) % 1_000_000:06}"
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes("\r\n".join([*envelope, ""]).encode() + content)
        unfinished.rename(self._path(name))
        return name

    def names(self) -> Sequence[str]:
        """Return the names, newest first."""
        return sorted((path.stem for path in self._folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> Mail | None:
        if not NAME.fullmatch(name):
            return None
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        return _mail(name, content)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.eml"


def _mail(name: str, content: bytes) -> Mail:
    message = _PARSER.parsebytes(content)
    return Mail(
        name=name,
        received_at=datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipients=[str(recipient) for recipient in message.get_all("Delivered-To", [])],
        html=_with_images(_body(message, "html"), message),
        text=_body(message, "plain"),
        attachments=[
            Attachment(name=part.get_filename() or "adjunto", content=_content(part))
            for part in message.iter_attachments()
        ],
        raw=content.decode(errors="replace"),
    )


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an unknown charset, or a body that does not match it
        return _content(part).decode(errors="replace")


def _with_images(html: str | None, message: EmailMessage) -> str | None:
    """Put the images that the mail carries into its HTML: a browser knows no `cid:`."""
    for part in message.walk() if html else ():
        if (cid := str(part["Content-ID"] or "").strip("<> ")) and part.get_content_maintype() == "image":
            data = f"data:{part.get_content_type()};base64,{b64encode(_content(part)).decode()}"
            html = (html or "").replace(f"cid:{cid}", data)
    return html


def _content(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else part.as_bytes()


SIZE_LIMIT = 50 * 1024 * 1024  # bytes; larger than any provider accepts


@asynccontextmanager
async def catching(mailbox: Mailbox, port: int, *, caught: Callable[[str], None]) -> AsyncIterator[None]:
    """Listen on loopback; `caught` is called with the name of each stored mail."""

    def session() -> SMTP:
        # Without a hostname, aiosmtpd would ask the resolver for seconds.
        return SMTP(
            _Catcher(mailbox, caught), enable_SMTPUTF8=True, hostname="localhost", data_size_limit=SIZE_LIMIT
        )

    server = await asyncio.get_running_loop().create_server(session, ADDRESS, port)
    try:
        yield
    finally:
        server.close()


class _Catcher:
    def __init__(self, mailbox: Mailbox, caught: Callable[[str], None]) -> None:
        self._mailbox = mailbox
        self._caught = caught

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, content)
        self._caught(name)
        return "250 2.0.0 Kept"
