"""Pauses as rows, and the release of the messages that they held."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import Lane
from hub.model.tickets import grouped
from hub.ports import Ticket
from hub.storage.database import Store, load

_SQL = load("pauses")


class PostgresPauses(Store):
    """The PauseStore."""

    async def paused(self) -> frozenset[str]:
        return frozenset(row["subject"] for row in await self.rows(_SQL["paused"]))

    async def end(self) -> Sequence[str]:
        return [row["subject"] for row in await self.rows(_SQL["end"])]

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        rows = await self.rows(_SQL["release_resumed"], limit)
        return grouped((row["id"], row["channel"], Lane(row["lane"])) for row in rows)
