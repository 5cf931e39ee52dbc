"""Messages by their code, as rows for staff."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from hub.model import Instant
from hub.model.genuine import GenuineMessage


class GenuineRow(Struct, frozen=True, kw_only=True):
    """
    The message of a code as staff sees it, with the words to ask `explain` for.

    `person` is a reference, never a name. `reported_at` is the first time that somebody did not recognise it.
    """

    message_id: UUID
    event: str
    event_id: str
    person: str
    channel: str
    sent_at: Instant
    copropiedad_id: str | None
    building: str | None
    recalled_at: Instant | None
    reported_at: Instant | None

    @classmethod
    def of(cls, found: GenuineMessage) -> GenuineRow:
        message = found.message
        return cls(
            message_id=message.id,
            event=message.event,
            event_id=message.event_id,
            person=message.person,
            channel=message.channel,
            sent_at=found.sent_at,
            copropiedad_id=found.copropiedad_id,
            building=found.building,
            recalled_at=found.recalled_at,
            reported_at=found.reported_at,
        )


class GenuineList(Struct, kw_only=True):
    items: list[GenuineRow]
    next: None
