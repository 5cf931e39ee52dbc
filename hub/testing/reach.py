"""Reach of buildings, as a test sets it."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import PropertyScope
from hub.model.reach import PlaceReach, UnreachedUnit


class MemoryReach:
    """The ReachStore."""

    def __init__(self, *places: PlaceReach) -> None:
        self.places = list(places)
        self.asked: list[PropertyScope] = []

    async def by_place(self, places: PropertyScope = None) -> Sequence[PlaceReach]:
        self.asked.append(places)
        return [place for place in self.places if places is None or place.copropiedad_id in places]

    async def unreached(self, copropiedad: str) -> Sequence[UnreachedUnit]:  # noqa: ARG002 - the port's signature
        return []
