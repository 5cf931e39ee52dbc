"""Mails as strangers write them, for the tests of incoming mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from hub.access.keyring import KeyRing
from hub.channels.email.verp import Verp
from hub.inbound.mail.classify import Meaning, RawMail, read
from hub.settings import Secret

VECTORS: Final[Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "email_vectors.json").read_text("utf-8")
)
DOMAIN: Final = "respuestas.coproservicios.example"
VERP: Final = Verp(DOMAIN, KeyRing([Secret("secret")]))
ID: Final = UUID("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10")
OTHER: Final = UUID("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a11")
AT: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
BOUNCES: Final = VERP.bounce_address(ID)
REPLIES: Final = VERP.reply_address(ID)


def meaning(content: str | bytes, *, to: str = BOUNCES, sender: str = "") -> Meaning:
    """Read a mail as it came to an address."""
    octets = content if isinstance(content, bytes) else content.replace("\n", "\r\n").encode()
    return read(RawMail(content=octets, sender=sender, mark=VERP.read(to), at=AT), verp=VERP)


def dsn(
    *groups: str,
    envelope_id: str = "",
    returned: str = "Subject: Radicado",
    kind: str = "text/rfc822-headers",
) -> str:
    """Write a delivery status notification with these groups of fields."""
    fields = "\n\n".join(groups)
    of = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    return (
        "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n'
        "--B\nContent-Type: text/plain; charset=utf-8\n\nNo se pudo entregar.\n\n"
        f"--B\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.net\n{of}\n{fields}\n\n"
        f"--B\nContent-Type: {kind}\n\n{returned}\n\n--B--\n"
    )


def group(action: str, status: str, diagnostic: str = "") -> str:
    """Write what a report says of one recipient."""
    code = f"\nDiagnostic-Code: {diagnostic}" if diagnostic else ""
    return f"Final-Recipient: rfc822; maria@example.net\nAction: {action}\nStatus: {status}{code}"


def complaint(kind: str = "abuse", fields: str = "", returned: str = "Subject: Radicado") -> str:
    """Write a report of RFC 5965."""
    return (
        "From: feedback@mailbox.example\nSubject: FW: Radicado\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="B"\n\n'
        "--B\nContent-Type: text/plain\n\nThis is an abuse report.\n\n"
        f"--B\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {kind}\nUser-Agent: x/1\nVersion: 1\n{fields}\n\n"
        f"--B\nContent-Type: message/rfc822\n\n{returned}\n\nHola\n\n--B--\n"
    )


def answer(body: str, *, headers: str = "", kind: str = "text/plain; charset=utf-8") -> str:
    """Write what a person sends back."""
    return (
        "From: =?utf-8?q?Mar=C3=ADa_Pe=C3=B1a?= <maria@example.co>\n"
        f"Message-ID: <abc@mail.example.co>\nSubject: Re: Radicado PQ-1\n{headers}"
        f"Content-Type: {kind}\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
    )
