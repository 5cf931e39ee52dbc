"""Buildings in PostgreSQL, as the desk looks at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from hub.desk.buildings.rows import MOST, BuildingEvent, BuildingRow, DoorRow, TowerRow
from hub.model import PropertyScope, State
from hub.model.reached import Reached, reached
from hub.people.units import unit_name
from hub.policy import Policy
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.reach import BEST, lasting

_SQL: Final = {name: text.replace("<best>", BEST) for name, text in beside(__file__).items()}
_EVENTS: Final = 8


async def buildings(db: Database, places: PropertyScope = None) -> Sequence[BuildingRow]:
    """List the copropiedades, by name, with the number of their units."""
    return [read(BuildingRow, row, reachable=0) for row in await db.rows(_SQL["buildings"], listed(places))]


async def towers(db: Database, building: str, policy: Policy) -> Sequence[TowerRow]:
    given = (*lasting(policy.suppression_for), storable(building))
    return [read(TowerRow, row) for row in await db.rows(_SQL["towers"], *given)]


async def doors(
    db: Database, building: str, tower: str | None, policy: Policy, *, after: int
) -> Sequence[DoorRow]:
    """List the units of a tower, from the highest floor down; one more than `MOST` where others follow."""
    given = (*lasting(policy.suppression_for), storable(building), storable(tower), after, MOST + 1)
    rows = await db.rows(_SQL["doors"], *given)
    return [read(DoorRow, row, name=unit_name(row["tower"], row["label"]), reached=None) for row in rows]


async def told(db: Database, units: Sequence[str], event_key: UUID) -> Mapping[str, Sequence[Reached]]:
    """Return unit → how far each message of an event to its people has come."""
    found: defaultdict[str, list[Reached]] = defaultdict(list)
    for row in await db.rows(_SQL["told"], list(units), event_key):
        found[row["unit_id"]].append(reached(row["state"], row["channel"], row["reason"]))
    return found


async def wide_events(db: Database, building: str) -> Sequence[BuildingEvent]:
    """Return the last events that were for several people of a building."""
    rows = await db.rows(_SQL["events"], storable(building), [state.value for state in State], _EVENTS)
    return [read(BuildingEvent, row) for row in rows]
