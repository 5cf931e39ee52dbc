"""Webhooks and the events that wait for them, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hub.model.webhooks import Webhook, WebhookEvent
from hub.storage.database import Store, load, read, storable

_SQL = load("webhooks")


class PostgresWebhooks(Store):
    """The events that wait for endpoints. The database's clock decides which are due."""

    async def due(self, limit: int, lease: timedelta) -> Sequence[Webhook]:
        """Claim endpoints for which events wait and whose next try has come; a claim ends by itself."""
        return [read(Webhook, row) for row in await self.rows(_SQL["due"], limit, lease)]

    async def batch(self, webhook_id: UUID, limit: int) -> Sequence[WebhookEvent]:
        """Return the oldest of its events."""
        return [read(WebhookEvent, row) for row in await self.rows(_SQL["batch"], webhook_id, limit)]

    async def sent(self, webhook_id: UUID, event_ids: Sequence[str]) -> None:
        """Delete these: the endpoint has them. It is well, and due at once if more wait."""
        await self.rows(_SQL["sent"], webhook_id, event_ids)

    async def failed(self, webhook_id: UUID, error: str, *, again: timedelta, off: bool) -> None:
        """Count a try that failed. The next is in `again`, or none if the endpoint is turned off."""
        await self.rows(_SQL["failed"], webhook_id, storable(error), again, off)
