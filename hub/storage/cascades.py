"""From one step to the next, as rows."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hub.storage import events, messages
from hub.storage.database import Database
from hub.storage.queries import load

_SQL = load("messages")


class PostgresCascades:
    """The CascadeStore: it runs statements, so the functions of each noun are its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.rows = database.rows

    add_messages = messages.add
    events_of = events.by_key

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Note that nothing follows these lost messages any more."""
        if ids:
            await self.rows(_SQL["end_cascades"], sorted(ids))
