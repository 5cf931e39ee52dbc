"""Messages to send in tests."""

import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Final
from uuid import uuid4

import pytest

from hub.errors import PermanentFailure, TransientFailure
from hub.model import Outgoing, Rendered
from hub.ports import Channel
from tests.unit.factories import message

SENDER: Final = "servicio@coproservicios.example"
AT: Final = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
WORDS: Final = Rendered(subject="Recibimos su petición", text="Su radicado es PQ-2026-000123.\n")


def outgoing(
    channel: str = "email",
    address: str = "maria.perez@example.co",
    *,
    rendered: Rendered = WORDS,
    **fields: Any,
) -> Outgoing:
    """Make a message with a new id and this text; `fields` are the message's."""
    values = {"id": uuid4(), "name": "María Pérez", "person": "p-1", "created_at": AT, **fields}
    return Outgoing(message=message(channel=channel, address=address, **values), rendered=rendered)


async def transient(channel: Channel, sent: Outgoing) -> TransientFailure:
    """Send, and return the failure that may pass."""
    with pytest.raises(TransientFailure) as caught:
        await channel.send(sent)
    return caught.value


async def permanent(channel: Channel, sent: Outgoing) -> PermanentFailure:
    """Send, and return the failure that stays."""
    with pytest.raises(PermanentFailure) as caught:
        await channel.send(sent)
    return caught.value


def simple_mail(outgoing: Outgoing) -> bytes:
    """Compose a mail without the hub's own composer, so that only the channel is tested."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = SENDER
    address = outgoing.message.address
    mail["To"] = address if address.isascii() else "undisclosed-recipients:;"
    mail["Subject"] = outgoing.rendered.subject
    mail["Date"] = outgoing.message.created_at
    mail["Message-ID"] = f"<{outgoing.message.id}@coproservicios.example>"
    mail.set_content(outgoing.rendered.text, cte="7bit" if outgoing.rendered.text.isascii() else "base64")
    return mail.as_bytes()
