"""Messages to send in tests."""

from __future__ import annotations

import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Final
from uuid import uuid4

from hub.model import Lane, Outgoing, Purpose, Rendered

SENDER: Final = "servicio@coproservicios.example"
AT: Final = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


def outgoing(channel: str = "email", address: str = "maria.perez@example.co", **changes: Any) -> Outgoing:
    """Make a message with an id of its own."""
    message = Outgoing(
        id=uuid4(),
        channel=channel,
        address=address,
        name="María Pérez",
        person="p-1",
        purpose=Purpose.TRANSACTIONAL,
        lane=Lane.NORMAL,
        event="pqrs.received",
        rendered=Rendered(subject="Recibimos su petición", text="Su radicado es PQ-2026-000123.\n"),
        created_at=AT,
    )
    return replace(message, **changes)


def simple_mail(outgoing: Outgoing) -> bytes:
    """Compose a mail without the hub's own composer, so that only the channel is on trial."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = SENDER
    message["To"] = outgoing.address if outgoing.address.isascii() else "undisclosed-recipients:;"
    message["Subject"] = outgoing.rendered.subject
    message["Date"] = outgoing.created_at
    message["Message-ID"] = f"<{outgoing.id}@coproservicios.example>"
    message.set_content(outgoing.rendered.text, cte="7bit" if outgoing.rendered.text.isascii() else "base64")
    return message.as_bytes()
