"""Webhooks and subscriptions in PostgreSQL. They are few: a list is read whole."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.desk.webhooks.rows import SubscriptionRow, WebhookRow
from hub.model.results import ResultSubscription, source_key
from hub.model.webhooks import Webhook
from hub.storage.database import Database, beside, read, storable

_SQL: Final = beside(__file__)


async def webhooks(db: Database, webhook_id: UUID | None = None) -> list[WebhookRow]:
    """Read all endpoints, also those that are off, by source; or the one of an id."""
    return [read(WebhookRow, row, id=str(row["id"])) for row in await db.rows(_SQL["webhooks"], webhook_id)]


async def endpoint(db: Database, webhook_id: UUID) -> Webhook | None:
    """Read an endpoint with its sealed secret."""
    rows = await db.rows(_SQL["endpoint"], webhook_id)
    return read(Webhook, rows[0]) if rows else None


async def add(db: Database, webhook: Webhook) -> None:
    words = storable(webhook.source), sorted(webhook.kinds), webhook.created_at, storable(webhook.created_by)
    await db.rows(_SQL["add"], webhook.id, *words, storable(webhook.url), webhook.secret)


async def remove(db: Database, webhook_id: UUID) -> bool:
    """Delete an endpoint and the results that wait for it; false if there is none."""
    return bool(await db.rows(_SQL["remove"], webhook_id))


async def rotate(db: Database, webhook_id: UUID, secret: str, *, earlier_ends_at: datetime) -> bool:
    """Set a sealed secret; the one before signs as well until then. False if there is no endpoint."""
    return bool(await db.rows(_SQL["rotate"], webhook_id, secret, earlier_ends_at))


async def enable(db: Database, webhook_id: UUID) -> bool:
    """Turn an endpoint on again, with all its tries; false if there is none."""
    return bool(await db.rows(_SQL["enable"], webhook_id))


async def subscriptions(db: Database) -> list[SubscriptionRow]:
    """Read the subscriptions over RabbitMQ, by source."""
    return [_subscription(row) for row in await db.rows(_SQL["subscriptions"])]


async def subscribe(db: Database, subscription: ResultSubscription) -> SubscriptionRow:
    """Store it for messages planned from now on; where the source has one, only its kinds change."""
    words = storable(subscription.source), sorted(subscription.kinds), storable(subscription.created_by)
    [row] = await db.rows(_SQL["subscribe"], subscription.id, *words)
    return _subscription(row)


async def unsubscribe(db: Database, source: str) -> bool:
    """Delete it; false if there was none."""
    return bool(await db.rows(_SQL["unsubscribe"], storable(source)))


def _subscription(row: Record) -> SubscriptionRow:
    return read(SubscriptionRow, row, key=source_key(row["source"]))
