"""Buildings as rows: the list, the towers of one, and the doors of a tower."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Word
from hub.model.reach import UnitReach
from hub.model.reached import Reached

MOST: Final = 400
"""Doors on one page: a tower of twenty floors with twenty doors each."""


class BuildingRow(Struct, kw_only=True):
    """A copropiedad: its units, and how many of them somebody has a verified contact of."""

    id: str
    name: str
    address: str | None
    units: int
    reachable: int


class TowerRow(Struct, kw_only=True):
    tower: Annotated[str | None, Meta(description="Null: the units that belong to no tower.")]
    units: int
    reachable: int


class DoorRow(Struct, kw_only=True):
    """
    A unit with its people: how many, the name of one, and the channels that reach any of them.

    The name is masked for who need not answer there. `reached` is there where an event was asked for; null
    then says that the event was not for the unit.
    """

    unit: str
    name: str
    floor: int | None
    people: int
    who: str | None
    reach: Annotated[
        UnitReach,
        Meta(description="0 nobody, 1 no contact, 2 suppressed, 3 unverified, 4 somebody can be reached."),
    ]
    ways: list[str]
    reached: Reached | None = None


class BuildingWhole(BuildingRow, kw_only=True):
    """A building with the doors of one tower, from the highest floor down; `next` is the next page."""

    towers: Sequence[TowerRow]
    tower: str | None
    doors: Sequence[DoorRow]
    next: int | None


class BuildingQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tower: Annotated[Word, Meta(description="The doors of this tower; else of the first one.")] | None = None
    event: (
        Annotated[Word, Meta(description="Id or key of an event: whom it has reached, door by door.")] | None
    ) = None
    after: Annotated[int, Meta(ge=0, le=20_000, description="The `next` of the page before.")] = 0


class BuildingEvent(Struct, frozen=True, kw_only=True):
    """An event of late that was for several people of a building."""

    key: UUID
    event: str
    at: datetime
    people: int
