"""Reports of mail servers about our mails. A report proves nothing about its author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.model.events import StoredEvent
from hub.model.messages import Message


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
    """A report at the bounce address of a message that it was not delivered. `at` is aware UTC."""

    message_id: UUID
    losses: tuple[Loss, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A mail of ours with its event. `at` is when a server last accepted it, None if that is not known."""

    message: Message
    event: StoredEvent
    at: datetime | None
