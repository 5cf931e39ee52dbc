"""The channels that delivery has built, as it tells intake."""

from __future__ import annotations

from collections.abc import Collection

from hub.storage.database import Store, load

_SQL = load("told_channels")


class PostgresToldChannels(Store):
    async def tell(self, names: Collection[str]) -> None:
        """Write the names of the channels; of several processes the last one counts."""
        await self.rows(_SQL["tell"], list(names))

    async def told(self) -> Collection[str]:
        """Return the names; nothing before any process has told."""
        return [row["name"] for row in await self.rows(_SQL["told"])]
