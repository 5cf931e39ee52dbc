"""Reach of units: their number, and those out of reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.model import PropertyScope
from hub.model.reach import PlaceReach, UnreachedUnit


class ReachStore(Protocol):
    """One statement each, of the directory as it is now."""

    async def by_place(self, places: PropertyScope = None) -> Sequence[PlaceReach]:
        """Count the units of each copropiedad that has any, those with the most unreachable ones first."""

    async def unreached(self, copropiedad: str) -> Sequence[UnreachedUnit]:
        """List the units of a copropiedad that cannot be reached, by tower and label."""
