"""Unreached people in memory: a test puts the lost messages there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from hub.model import StoredEvent
from hub.model.emergencies import LostRecipient
from hub.testing.faults import Faults


class MemoryEmergencies:
    """`hub.ports.EmergencyStore`. `faults` applies to `mark_alerted`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.lost: list[LostRecipient] = []
        self.events: dict[UUID, StoredEvent] = {}

    async def lost_recipients(
        self,
        limit: int,
        *,
        gather: timedelta,  # noqa: ARG002 - the port's signature
        pause: timedelta,  # noqa: ARG002 - the same
    ) -> Sequence[LostRecipient]:
        return self.lost[:limit]

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        return {key: self.events[key] for key in keys if key in self.events}

    async def mark_alerted(self, event_key: UUID, people: Collection[str]) -> None:
        self.faults.meet("mark_alerted")
        self.lost = [
            found for found in self.lost if found.event_key != event_key or found.person not in people
        ]
