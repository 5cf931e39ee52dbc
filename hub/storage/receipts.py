"""What receipts ask of PostgreSQL: one message moved on, if it may go there."""

from __future__ import annotations

from uuid import UUID

from hub.delivery.moves import sources
from hub.model import Attempt, State
from hub.storage.database import Database
from hub.storage.queries import load

_SQL = load("messages")


class PostgresReceipts:
    """The ReceiptStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        """Move the message and keep the attempt; false when it is unknown."""
        call = (attempt.at, attempt.outcome, attempt.provider, attempt.reference, attempt.code, attempt.took)
        rows = await self._database.rows(
            _SQL["settle"], message_id, state, reason, sorted(sources(state)), *call
        )
        return bool(rows)
