"""What people write back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    A person's own words, as a channel brought them in.

    `address` is the writer's, in the channel's form (E.164 for a telephone); it and the words are
    person data and never logged. `reference` is the provider's id of the reply: the same one again
    is the same reply. `message_id` is our message that it answers, where the protocol carries our
    id; `in_reply_to` is the provider's reference of that message, where it carries only that.
    `automatic` is true of what a machine wrote (an out-of-office note). `at` is aware UTC.
    """

    channel: str
    provider: str
    reference: str
    address: str
    text: str
    at: datetime
    subject: str = ""
    message_id: UUID | None = None
    in_reply_to: str | None = None
    automatic: bool = False
