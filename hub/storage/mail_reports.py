"""Mails in PostgreSQL that somebody reports as lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hub.messages.planning.undelivered import REPORTED
from hub.model import PropertyScope, SentMail
from hub.storage import events, messages
from hub.storage.database import load, storable
from hub.storage.filters import listed
from hub.storage.receipts import PostgresReceipts

_SQL = load("mail_reports")


class PostgresMailReports(PostgresReceipts):
    """The ReportStore."""

    async def sent(self, message_id: UUID, places: PropertyScope = None) -> SentMail | None:
        rows = await self.rows(_SQL["sent"], message_id, listed(places))
        if not rows:
            return None
        message = messages.message_of(rows[0])
        found = await events.by_key(self, {message.event_key})
        event = found.get(message.event_key)
        if event is None:
            return None
        return SentMail(message=message, event=event, at=rows[0]["accepted_at"])

    async def doubt(self, message_id: UUID, *, reason: str, until: datetime) -> bool:
        return bool(await self.rows(_SQL["doubt"], message_id, until, storable(reason), REPORTED))
