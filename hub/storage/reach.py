"""Reach in PostgreSQL: the units of each copropiedad, and those that nobody reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.model import PropertyScope
from hub.model.reach import PlaceReach, UnreachedUnit
from hub.storage.database import Database, Store, load, read
from hub.storage.suppressions import Lasts

_SQL = load("reach")
_BEST: Final = _SQL["best"]
_BY_PLACE: Final = _SQL["by_place"].replace("<best>", _BEST)
_UNREACHED: Final = _SQL["unreached"].replace("<best>", _BEST)
_CHANNELS: Final = ("email", "sms", "push")


class PostgresReach(Store):
    """The ReachStore. `lasts` is how long a suppression without an end of its own lasts, by channel."""

    def __init__(self, database: Database, lasts: Lasts) -> None:
        super().__init__(database)
        self._lasting = list(_CHANNELS), [lasts(channel) for channel in _CHANNELS]

    async def by_place(self, places: PropertyScope = None) -> Sequence[PlaceReach]:
        narrowed = None if places is None else sorted(places)
        return [read(PlaceReach, row) for row in await self.rows(_BY_PLACE, *self._lasting, narrowed)]

    async def unreached(self, copropiedad: str) -> Sequence[UnreachedUnit]:
        rows = await self.rows(_UNREACHED, *self._lasting, copropiedad)
        return [read(UnreachedUnit, row) for row in rows]
