"""The database as the alert about unreached people and the first page need it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from hub.model import StoredEvent
from hub.model.emergencies import LostRecipient


class EmergencyStore(Protocol):
    """Reads the lost messages of emergencies; delivery and receipts do nothing for it."""

    async def lost_recipients(
        self, limit: int, *, gather: timedelta, pause: timedelta
    ) -> Sequence[LostRecipient]:
        """
        Return the lost messages of people of whom no message about an emergency is left, by event.

        Only events count whose first such message was lost before `gather`, and whose last alert is older
        than `pause`. An entry of an inbox reaches nobody: a person with nothing else (`no_channel`) is among
        them. Once an update says that the emergency is over, nobody is.
        """

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Return these events by key."""

    async def mark_alerted(self, event_key: UUID, people: Collection[str]) -> None:
        """Record that these people were named to the desk; `pause` begins."""
