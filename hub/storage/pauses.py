"""Pauses as rows, and the messages that they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.model import Json, Lane
from hub.model.tickets import grouped
from hub.ports import Ticket
from hub.storage.database import Store, load
from hub.storage.paging import shown

_SQL = load("pauses")


class PostgresPauses(Store):
    """The PauseStore."""

    async def paused(self) -> frozenset[str]:
        """Return the subjects that are paused."""
        return frozenset(row["subject"] for row in await self._database.rows(_SQL["paused"]))

    async def pauses(self) -> Sequence[Mapping[str, Json]]:
        """List them."""
        return [shown(row) for row in await self._database.rows(_SQL["list"])]

    async def pause(self, subject: str, *, by: str, reason: str) -> bool:
        """Pause; false when the subject is paused already."""
        return bool(await self._database.rows(_SQL["pause"], subject, by, reason))

    async def resume(self, subject: str) -> bool:
        """Remove the pause; false when there was none."""
        return bool(await self._database.rows(_SQL["resume"], subject))

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        """Set messages of ended pauses to `queued` again, and return their tickets."""
        rows = await self._database.rows(_SQL["release_resumed"], limit)
        return grouped((row["id"], row["channel"], Lane(row["lane"])) for row in rows)

    async def held(self) -> Sequence[Mapping[str, Json]]:
        """Count the messages that pauses hold."""
        return [shown(row) for row in await self._database.rows(_SQL["held"])]

    async def urgent(self, subject: str) -> int:
        """Count the pending messages of the urgent lane that a pause of this subject would hold."""
        [row] = await self._database.rows(_SQL["urgent"], subject)
        return int(row["n"])
