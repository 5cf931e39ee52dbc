"""Messages by their code, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.errors import StorageConflict
from hub.model.genuine import GenuineMessage, SoughtMessage
from hub.storage import events
from hub.storage.database import Store, load
from hub.storage.messages import message_of

_SQL = load("genuine")
_TRIES: Final = 2


class PostgresGenuine(Store):
    async def find(self, sought: Sequence[SoughtMessage]) -> Sequence[GenuineMessage]:
        """Return the messages that have left, of those that a code may mean: one, but for a rare chance."""
        if not sought:
            return ()
        columns = zip(*((one.key_id, one.since, one.until, one.tail) for one in sought), strict=True)
        rows = await self.rows(_SQL["find"], *map(list, columns))
        known = await events.by_key(self, {row["event_key"] for row in rows})
        return [
            GenuineMessage(
                key_id=row["key_id"],
                message=message_of(row),
                event=known[row["event_key"]],
                sent_at=row["sent_at"],
                building=row["building"],
                copropiedad_id=row["copropiedad_id"],
                recalled_at=row["recalled_at"],
                reported_at=row["reported_at"],
            )
            for row in rows
            if row["event_key"] in known
        ]

    async def report(self, message_id: UUID, at: datetime) -> datetime:
        """
        Keep that somebody does not recognise the message; return when that was first said.

        A repeat changes nothing.
        """
        for _ in range(_TRIES):
            if rows := await self.rows(_SQL["report"], message_id, at):
                first: datetime = rows[0]["at"]
                return first
            # Another has just kept it, which this statement does not see yet.
        raise StorageConflict
