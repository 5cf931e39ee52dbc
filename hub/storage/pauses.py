"""Pauses as rows, and the messages that they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.model import Json, Lane
from hub.model.tickets import grouped
from hub.ports import Ticket
from hub.storage.database import Store, load
from hub.storage.paging import shown

_SQL = load("pauses")


class PostgresPauses(Store):
    """The PauseStore."""

    async def paused(self) -> frozenset[str]:
        return frozenset(row["subject"] for row in await self.rows(_SQL["paused"]))

    async def pauses(self) -> Sequence[Mapping[str, Json]]:
        return [shown(row) for row in await self.rows(_SQL["list"])]

    async def pause(self, subject: str, *, by: str, reason: str, ends_at: datetime | None = None) -> bool:
        return bool(await self.rows(_SQL["pause"], subject, by, reason, ends_at))

    async def resume(self, subject: str) -> bool:
        return bool(await self.rows(_SQL["resume"], subject))

    async def end(self) -> Sequence[str]:
        return [row["subject"] for row in await self.rows(_SQL["end"])]

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        rows = await self.rows(_SQL["release_resumed"], limit)
        return grouped((row["id"], row["channel"], Lane(row["lane"])) for row in rows)

    async def unsent(self) -> Sequence[Mapping[str, Json]]:
        return [shown(row) for row in await self.rows(_SQL["unsent"])]

    async def due_steps(self) -> int:
        [row] = await self.rows(_SQL["due_steps"])
        return int(row["n"])

    async def cancel_before_pause(self, limit: int) -> int:
        return len(await self.rows(_SQL["cancel_before_pause"], limit))

    async def held(self) -> Sequence[Mapping[str, Json]]:
        return [shown(row) for row in await self.rows(_SQL["held"])]

    async def urgent(self, subject: str) -> int:
        [row] = await self.rows(_SQL["urgent"], subject)
        return int(row["n"])
