"""The reach of a building: counts of units by the best contact of their people."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from msgspec import Struct

NAME: Final = "hub.reach.reported"
"""The weekly notice of the units that cannot be reached."""


class UnitReach(IntEnum):
    """The best that a unit has; only VERIFIED counts as reachable."""

    NOBODY = 0
    NO_CONTACT = 1
    SUPPRESSED = 2
    UNVERIFIED = 3
    VERIFIED = 4


class PlaceReach(Struct, frozen=True, kw_only=True):
    """The units of a copropiedad, and how many of them somebody has a verified contact of."""

    copropiedad_id: str
    name: str
    units: int
    reachable: int


class UnreachedUnit(Struct, frozen=True, kw_only=True):
    """A unit that is not reachable, and why."""

    unit_id: str
    tower: str | None
    label: str
    reach: UnitReach
