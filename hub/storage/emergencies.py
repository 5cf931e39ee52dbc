"""Emergencies that are open, and people whom a message of one has not reached, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from hub.catalog import BY_NAME
from hub.catalog.emergencies import OTHER_TOWERS
from hub.messages.planning.unreached_people import CLEARED, NAME
from hub.model import PropertyScope, Purpose
from hub.model.emergencies import DueCall, LostRecipient, OpenEmergency, UnreachedPerson
from hub.model.ids import earliest
from hub.people.units import own_name
from hub.policy.clocks import EMERGENCY_REPLY, EMERGENCY_UNREACHED
from hub.resilience.database_time import NOW
from hub.storage import events
from hub.storage.database import Store, load, read
from hub.storage.filters import listed

_SQL = load("emergencies")
_DECLARED: Final = BY_NAME["emergency.declared"]
_UPDATED: Final = BY_NAME["emergency.updated"].type
_TAKEN: Final = [BY_NAME[name].type for name in ("emergency.acknowledged", "sla.acknowledged")]
_THERE: Final = [
    number
    for number, audience in enumerate(_DECLARED.audiences)
    if audience.purpose is Purpose.EMERGENCY and not audience.is_staff
]
"""The audiences of a declaration that are in danger."""
_CALLS: Final = (EMERGENCY_REPLY, EMERGENCY_UNREACHED, "emergency_callback")
_REACH: Final = timedelta(days=1)
"""The greatest age of an event whose lost messages are looked for: no emergency lasts longer unheard."""


class PostgresEmergencies(Store):
    """Lost messages of emergencies, for which delivery and receipts do nothing; and what is dangerous now."""

    events_of = events.by_key

    async def lost_recipients(
        self, limit: int, *, gather: timedelta, pause: timedelta
    ) -> Sequence[LostRecipient]:
        """
        Return the lost messages of people of whom no message about an emergency is left, by event.

        Only events count whose first such message was lost before `gather`, and whose last alert is older
        than `pause`. An entry of an inbox reaches nobody: a person with nothing else (`no_channel`) is among
        them. Once an update says that the emergency is over, nobody is.
        """
        since = earliest(NOW() - _REACH)
        over = _UPDATED, CLEARED
        rows = await self.rows(_SQL["lost"], NAME, since, limit, gather, pause, *over, OTHER_TOWERS)
        return [read(LostRecipient, row) for row in rows]

    async def mark_alerted(self, event_key: UUID, people: Collection[str]) -> None:
        """Record that these people were named to the desk; `pause` begins."""
        await self.rows(_SQL["mark"], event_key, sorted(people))

    async def open_emergencies(self, places: PropertyScope = None) -> Sequence[OpenEmergency]:
        """Return the emergencies that are open, those that nobody has taken on and the oldest first."""
        statement = _SQL["open"].format(declared=_DECLARED.type)
        rows = await self.rows(statement, listed(places), _UPDATED, CLEARED, _TAKEN, _THERE)
        found = [read(OpenEmergency, row, building=own_name(row["building"])) for row in rows]
        return sorted(found, key=lambda one: (one.drill, not one.unattended, one.since))

    async def unreached(self, event_key: UUID, limit: int) -> Sequence[UnreachedPerson]:
        """Return who of those who live there has got nothing of this emergency."""
        rows = await self.rows(_SQL["unreached"], event_key, _THERE, limit)
        return [read(UnreachedPerson, row) for row in rows]

    async def called(self, event_key: UUID, person: str) -> bool:
        """Return whether this person is one of the staff whom the emergency has called."""
        return bool(await self.rows(_SQL["called"], event_key, person, _THERE))

    async def due_calls(self, places: PropertyScope = None) -> Sequence[DueCall]:
        """Return the running promises to call somebody who may be in danger, the oldest first."""
        rows = await self.rows(_SQL["calls"], list(_CALLS), listed(places))
        return [read(DueCall, row, building=own_name(row["building"])) for row in rows]
