"""Reach in PostgreSQL: the units of each copropiedad, and those that nobody reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from hub.model import PropertyScope
from hub.model.reach import PlaceReach, UnreachedUnit
from hub.storage.database import Database, Store, load, read
from hub.storage.suppressions import Lasts

_SQL = load("reach")
BEST: Final = _SQL["best"]
"""What a `unit` has: `reach`, the `ways` to its people, and how many `people`; of the values of `lasting`."""
_BY_PLACE: Final = _SQL["by_place"].replace("<best>", BEST)
_UNREACHED: Final = _SQL["unreached"].replace("<best>", BEST)
_CHANNELS: Final = ("email", "sms", "push")


class PostgresReach(Store):
    """
    One statement each, of the directory as it is now.

    `lasts` is how long a suppression without an end of its own lasts, by channel.
    """

    def __init__(self, database: Database, lasts: Lasts) -> None:
        super().__init__(database)
        self._lasting = lasting(lasts)

    async def by_place(self, places: PropertyScope = None) -> Sequence[PlaceReach]:
        """Count the units of each copropiedad that has any, those with the most unreachable ones first."""
        narrowed = None if places is None else sorted(places)
        return [read(PlaceReach, row) for row in await self.rows(_BY_PLACE, *self._lasting, narrowed)]

    async def unreached(self, copropiedad: str) -> Sequence[UnreachedUnit]:
        """List the units of a copropiedad that cannot be reached, by tower and label."""
        rows = await self.rows(_UNREACHED, *self._lasting, copropiedad)
        return [read(UnreachedUnit, row) for row in rows]


def lasting(lasts: Lasts) -> tuple[list[str], list[timedelta | None]]:
    """Return the first parameters of each statement here: channels, and how long each suppresses."""
    return list(_CHANNELS), [lasts(channel) for channel in _CHANNELS]
