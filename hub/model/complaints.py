"""Complaints about our messages, as mailbox providers report them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """
    A mailbox provider's report that its user called one of our messages unwanted (RFC 5965).

    `kind` is the report's Feedback-Type: `abuse`, `fraud`, `virus`, `other`, `opt-out` … `at` is aware UTC.
    """

    channel: str
    provider: str
    message_id: UUID
    kind: str
    at: datetime
