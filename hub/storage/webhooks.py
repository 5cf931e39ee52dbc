"""Webhooks in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hub.model.webhooks import Webhook, WebhookEvent
from hub.storage.database import Store, load, read, storable

_SQL = load("webhooks")


class PostgresWebhooks(Store):
    """The WebhookStore and the WebhookQueue."""

    async def webhooks(self) -> Sequence[Webhook]:
        return [read(Webhook, row) for row in await self.rows(_SQL["list"])]

    async def add(self, webhook: Webhook) -> None:
        words = (storable(webhook.source), sorted(webhook.kinds), webhook.created_at)
        who = storable(webhook.created_by), storable(webhook.url), webhook.secret
        await self.rows(_SQL["add"], webhook.id, *words, *who)

    async def remove(self, webhook_id: UUID) -> bool:
        return bool(await self.rows(_SQL["remove"], webhook_id))

    async def rotate(self, webhook_id: UUID, secret: str, *, earlier_ends_at: datetime) -> bool:
        return bool(await self.rows(_SQL["rotate"], webhook_id, secret, earlier_ends_at))

    async def enable(self, webhook_id: UUID) -> bool:
        return bool(await self.rows(_SQL["enable"], webhook_id))

    async def due(self, limit: int, lease: timedelta) -> Sequence[Webhook]:
        return [read(Webhook, row) for row in await self.rows(_SQL["due"], limit, lease)]

    async def batch(self, webhook_id: UUID, limit: int) -> Sequence[WebhookEvent]:
        return [read(WebhookEvent, row) for row in await self.rows(_SQL["batch"], webhook_id, limit)]

    async def sent(self, webhook_id: UUID, event_ids: Sequence[str]) -> None:
        await self.rows(_SQL["sent"], webhook_id, event_ids)

    async def failed(self, webhook_id: UUID, error: str, *, again: timedelta, off: bool) -> None:
        await self.rows(_SQL["failed"], webhook_id, storable(error), again, off)
