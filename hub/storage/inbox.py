"""The in-app inbox as rows."""

from __future__ import annotations

from hub.model import Outgoing
from hub.storage.database import Database
from hub.storage.queries import load

_SQL = load("inbox")


class PostgresInbox:
    """Where the inbox channel puts its messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, outgoing: Outgoing) -> None:
        """Keep a message for its person; the same id again changes nothing."""
        await self._database.rows(
            _SQL["add"],
            outgoing.message.id,
            outgoing.message.person,
            outgoing.message.event,
            outgoing.rendered.subject,
            outgoing.rendered.text,
            outgoing.rendered.html,
            outgoing.message.created_at,
        )
