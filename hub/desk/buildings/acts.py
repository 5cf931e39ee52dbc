"""Buildings: list them, show one with its towers and doors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import asdict, replace

from hub.access.sight import Field
from hub.desk.buildings import queries
from hub.desk.buildings.rows import MOST, BuildingQuery, BuildingRow, BuildingWhole, DoorRow
from hub.doors.operator import Operator, found
from hub.model import PropertyScope, within
from hub.model.pages import ListQuery, Rows, rows_by
from hub.model.reached import furthest
from hub.operations.recipients import event_named
from hub.people.masking import mask_name

BUILDING: Final = "building"


async def find_buildings(by: Operator, query: ListQuery) -> Rows[BuildingRow]:
    """List the copropiedades with their units, and how many of these somebody can be reached in."""
    page = rows_by(await queries.buildings(by.db, by.places), query, lambda row: (row.name, row.id))
    shown = frozenset(row.id for row in page.items)
    counted = {place.copropiedad_id: place for place in await by.stores.reach.by_place(shown)}
    page.items = [
        replace(row, reachable=counted[row.id].reachable) if row.id in counted else row for row in page.items
    ]
    return page


async def show_building(by: Operator, ref: str, query: BuildingQuery) -> BuildingWhole:
    """Show a building: its towers, and the doors of one with who can be reached there, or has been."""
    here = within(by.places, ref)
    building = found(BUILDING, next(iter(await queries.buildings(by.db, here)), None))
    towers = await queries.towers(by.db, ref, by.stores.policy)
    tower = query.tower if query.tower is not None or not towers else towers[0].tower
    doors = await queries.doors(by.db, ref, tower, by.stores.policy, after=query.after)
    shown = doors[:MOST]
    if not by.sight.is_plain(Field.NAME, ref):
        shown = [replace(door, who=door.who and mask_name(door.who)) for door in shown]
    await by.audit_look("building.show", f"{BUILDING}:{ref}", tower=tower, event=query.event)
    return BuildingWhole(
        **{**asdict(building), "reachable": sum(one.reachable for one in towers)},
        towers=towers,
        tower=tower,
        doors=shown if query.event is None else await _reached(by, here, query.event, shown),
        next=query.after + MOST if len(doors) > MOST else None,
    )


async def _reached(
    by: Operator, here: PropertyScope, event: str, doors: Sequence[DoorRow]
) -> Sequence[DoorRow]:
    """Say of each door how far the event has come to any of its people."""
    # An event of the whole company is for who reaches everything.
    places = None if by.places is None else here
    key = found("event", await event_named(by.stores.explain, event, places)).key
    messages = await queries.told(by.db, [door.unit for door in doors], key)
    return [
        replace(door, reached=furthest(messages[door.unit]) if door.unit in messages else None)
        for door in doors
    ]
