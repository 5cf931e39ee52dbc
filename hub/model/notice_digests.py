"""The digest of messages that are not urgent, for one person: those that wait for it, and those in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from hub.model.events import Event, own_event
from hub.model.ids import event_key, uuid8
from hub.model.json import Json

NAME = "resident.digest.ready"


class HeldNotice(Struct, frozen=True, kw_only=True):
    """A message that waits for its person's digest until `next_at`, with what its event says."""

    id: UUID
    person: str
    event_key: UUID
    event_id: str
    event: str
    event_time: datetime
    next_at: datetime
    data: Json
    copropiedad_id: str | None = None
    building: str | None = None


class NoticeDigest(Struct, frozen=True, kw_only=True):
    """
    A digest: the messages that it has in place of themselves, and the data of its event.

    There is one of each person and instant at which it is due; its event has the same id wherever it is made.
    """

    person: str
    due_at: datetime
    messages: Sequence[UUID]
    data: Json

    @property
    def id(self) -> str:
        return digest_id(self.person, self.due_at)

    def event(self) -> Event:
        """Return its event."""
        return own_event(NAME, self.id, self.data, time=self.due_at)

    @property
    def key(self) -> UUID:
        return event_key(self.event())


def digest_id(person: str, due_at: datetime) -> str:
    return str(uuid8(due_at, NAME, person))
