"""Messages that somebody asks about by their code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.model.events import StoredEvent
from hub.model.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtMessage:
    """What a code says under one key: a range of ids, and the last 30 bits of an id in it."""

    key_id: str
    since: UUID
    until: UUID
    tail: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GenuineMessage:
    """
    A message that has left, found by its code under the key `key_id`.

    `building` is the name of its copropiedad `copropiedad_id`. `recalled_at` is when its publisher took the
    event back, `reported_at` when somebody said that they do not recognise the message.
    """

    key_id: str
    message: Message
    event: StoredEvent
    sent_at: datetime
    building: str | None = None
    copropiedad_id: str | None = None
    recalled_at: datetime | None = None
    reported_at: datetime | None = None
