"""People whom a message of an emergency has not reached, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from hub.catalog import BY_NAME
from hub.messages.planning.unreached_people import CLEARED, NAME
from hub.model.emergencies import LostRecipient
from hub.model.ids import earliest
from hub.resilience.database_time import NOW
from hub.storage import events
from hub.storage.database import Store, load, read

_SQL = load("emergencies")
_UPDATED: Final = BY_NAME["emergency.updated"].type
_REACH: Final = timedelta(days=1)
"""How old an event may be whose lost messages are looked for: an emergency does not last longer unheard."""


class PostgresEmergencies(Store):
    """The EmergencyStore."""

    events_of = events.by_key

    async def lost_recipients(
        self, limit: int, *, gather: timedelta, pause: timedelta
    ) -> Sequence[LostRecipient]:
        since = earliest(NOW() - _REACH)
        rows = await self.rows(_SQL["lost"], NAME, since, limit, gather, pause, _UPDATED, CLEARED)
        return [read(LostRecipient, row) for row in rows]

    async def mark_alerted(self, event_key: UUID, people: Collection[str]) -> None:
        await self.rows(_SQL["mark"], event_key, sorted(people))
