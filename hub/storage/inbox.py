"""The in-app inbox as rows."""

from __future__ import annotations

from hub.model import Outgoing
from hub.storage.database import Store, load

_SQL = load("inbox")


class PostgresInbox(Store):
    """Where the inbox channel puts its messages."""

    async def add(self, outgoing: Outgoing) -> None:
        """Keep a message for its person; the same id again changes nothing."""
        await self._database.rows(
            _SQL["add"],
            outgoing.id,
            outgoing.person,
            outgoing.event,
            outgoing.rendered.subject,
            outgoing.rendered.text,
            outgoing.rendered.html,
            outgoing.created_at,
        )
