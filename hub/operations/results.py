"""Subscribe to what became of a source's messages; each change writes an audit entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from msgspec import Meta, Struct

from hub.access import audit
from hub.errors import UnknownSubscription
from hub.messages.results import require_source
from hub.model import Instant
from hub.model.ids import uuid8
from hub.model.results import ResultKind, ResultSubscription, source_key
from hub.ports import AuditStore, SubscriptionStore


class SubscriptionRow(Struct, kw_only=True):
    """A subscription over RabbitMQ to the results of a source."""

    source: str
    kinds: Annotated[list[ResultKind], Meta(description="Only these; empty: all.")]
    key: Annotated[str, Meta(description="The last word of its routing keys: `notification.sent.KEY`.")]
    created_at: Instant
    created_by: str


async def subscribe(
    source: str,
    kinds: Collection[ResultKind],
    *,
    store: SubscriptionStore,
    notes: AuditStore,
    who: str,
    now: datetime,
) -> SubscriptionRow:
    """Subscribe to the results of what is planned from now on. Raises InvalidSubscription."""
    require_source(source)
    subscription = ResultSubscription(
        id=uuid8(now, "subscription", uuid4().hex),
        source=source,
        kinds=frozenset(kinds),
        created_at=now,
        created_by=who,
    )
    await audit.note(notes, who=who, action="results.on", subject=f"source:{source}", kinds=sorted(kinds))
    await store.subscribe(subscription)
    standing = (known for known in await store.subscriptions() if known.source == source)
    # Somebody else may have ended it since.
    return row_of(next(standing, subscription))


async def unsubscribe(source: str, *, store: SubscriptionStore, notes: AuditStore, who: str) -> None:
    """End a subscription. Raises UnknownSubscription."""
    await audit.note(notes, who=who, action="results.off", subject=f"source:{source}")
    if not await store.unsubscribe(source):
        raise UnknownSubscription(f"nobody has subscribed to the results of {source}")


async def read_subscriptions(store: SubscriptionStore) -> list[SubscriptionRow]:
    return [row_of(subscription) for subscription in await store.subscriptions()]


def row_of(subscription: ResultSubscription) -> SubscriptionRow:
    return SubscriptionRow(
        source=subscription.source,
        kinds=sorted(subscription.kinds),
        key=source_key(subscription.source),
        created_at=subscription.created_at,
        created_by=subscription.created_by,
    )
