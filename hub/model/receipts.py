"""When what an event tells was received: a field of some events, from which their terms may count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.model.events import Event, StoredEvent
from hub.model.json import Json
from hub.model.messages import Message

RECEIVED_AT: Final = "received_at"
WITH_RECEIPT: Final = frozenset(
    {
        "concierge.package.received",
        "emergency.reply.received",
        "inbound.message.received",
        "maintenance.request.received",
        "pqrs.info_received",
        "pqrs.received",
        "privacy.claim.received",
        "privacy.query.received",
    }
)
"""Events whose schemas have the field; in any other one it may be anything that its publisher adds."""


def receipt_of(event: Event) -> Json:
    """Return when it was received, as its publisher wrote it; None where no schema has checked it."""
    return event.data.get(RECEIVED_AT) if event.name in WITH_RECEIPT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """
    A failure of delivery, as a report states it.

    `recipients` are the addresses that the report names, in comparable form: person data. `status` is a
    code of RFC 3463 or RFC 5321, or empty; `code` is the server's own text, without addresses.
    """

    recipients: frozenset[str]
    status: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceReport:
    """
    A report at the bounce address of a message that it was not delivered. `at` is aware UTC.

    It proves nothing about its author.
    """

    message_id: UUID
    losses: tuple[Loss, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A mail of ours with its event. `at` is when a server last accepted it, None if that is not known."""

    message: Message
    event: StoredEvent
    at: datetime | None
