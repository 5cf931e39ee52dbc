"""From one step to the next, as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from hub.model import Message, StoredEvent
from hub.storage import events, messages
from hub.storage.database import Database
from hub.storage.queries import load

_SQL = load("messages")


class PostgresCascades:
    """The CascadeStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_messages(self, added: Sequence[Message]) -> None:
        """Insert; one that exists already is left as it is."""
        await messages.add(self._database, added)

    async def events_of(self, keys: Collection[UUID]) -> Mapping[UUID, StoredEvent]:
        """Answer those of these events that are there."""
        return await events.by_key(self._database, keys)

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        """Note that nothing follows these lost messages any more."""
        if ids:
            await self._database.rows(_SQL["end_cascades"], sorted(ids))
