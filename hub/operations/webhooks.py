"""Webhooks of publishers: add, remove, rotate, test, turn on; each change writes an audit entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID, uuid4

from msgspec import Meta, Struct, json
from msgspec.structs import asdict

from hub.access import audit
from hub.access.keyring import KeyRing, Sealed
from hub.access.webhook_requests import new_secret, request_of
from hub.channels.webhook_calls import require_url
from hub.cloudevents import encode
from hub.errors import InvalidSubscription, UnknownSubscription, WebhookFailure
from hub.messages.results import require_source
from hub.model import Instant, own_event
from hub.model.ids import uuid8
from hub.model.results import ResultKind
from hub.model.webhooks import Webhook, WebhookEvent
from hub.ports import AuditStore, WebhookCalls, WebhookStore

OVERLAP: Final = timedelta(days=1)
"""How long the old secret signs as well after a rotation, by default."""
TEST: Final = "notification.test"


class WebhookRow(Struct, kw_only=True):
    """An endpoint without its secret."""

    id: str
    source: str
    url: str
    kinds: Annotated[list[ResultKind], Meta(description="Only these; empty: all.")]
    state: Annotated[str, Meta(description="`live`, `failing` or `off`.")]
    waiting: Annotated[int, Meta(description="Events that wait for it.")]
    sent_at: Annotated[Instant | None, Meta(description="When it last took events.")]
    failing_since: Instant | None
    last_error: Annotated[str | None, Meta(description="`http_500`, `timeout`, `private_address` …")]
    disabled_at: Annotated[Instant | None, Meta(description="When it was turned off.")]
    created_at: Instant
    created_by: str


class WebhookMade(WebhookRow, kw_only=True):
    """`secret` is shown only here."""

    secret: str


class WebhookSecret(Struct, kw_only=True):
    """`secret` is shown only here; the one before signs as well until `earlier_ends_at`."""

    id: str
    secret: str
    earlier_ends_at: Instant


class WebhookAnswer(Struct, kw_only=True):
    """What the endpoint said to a call with one event, `notification.test`."""

    taken: bool
    reason: str | None


async def add(
    url: str,
    source: str,
    kinds: Collection[ResultKind],
    *,
    store: WebhookStore,
    notes: AuditStore,
    ring: KeyRing,
    who: str,
    now: datetime,
) -> WebhookMade:
    """Add an endpoint for messages planned from now on, and return its secret. Raises InvalidSubscription."""
    require_source(source)
    require_url(url)
    secret = new_secret()
    webhook = Webhook(
        id=uuid8(now, "webhook", uuid4().hex),
        source=source,
        kinds=frozenset(kinds),
        created_at=now,
        created_by=who,
        url=url,
        secret=_sealed(secret, ring),
    )
    # Without its URL, which may hold a secret.
    await audit.note(notes, who=who, action="webhook.add", subject=_subject(webhook.id), source=source)
    await store.add(webhook)
    return WebhookMade(**asdict(row_of(webhook)), secret=secret)


async def read_webhooks(store: WebhookStore) -> Sequence[WebhookRow]:
    return [row_of(webhook) for webhook in await store.webhooks()]


async def remove(webhook_id: UUID, *, store: WebhookStore, notes: AuditStore, who: str) -> None:
    """Remove an endpoint and what waits for it. Raises UnknownSubscription."""
    await audit.note(notes, who=who, action="webhook.remove", subject=_subject(webhook_id))
    _require(webhook_id, known=await store.remove(webhook_id))


async def enable(webhook_id: UUID, *, store: WebhookStore, notes: AuditStore, who: str) -> None:
    """Turn an endpoint on again, or try it at once; what waits goes out. Raises UnknownSubscription."""
    await audit.note(notes, who=who, action="webhook.on", subject=_subject(webhook_id))
    _require(webhook_id, known=await store.enable(webhook_id))


async def rotate(
    webhook_id: UUID,
    *,
    earlier_ends_at: datetime | None,
    store: WebhookStore,
    notes: AuditStore,
    ring: KeyRing,
    who: str,
    now: datetime,
) -> WebhookSecret:
    """Make a new secret; both sign until the old one ends. Raises UnknownSubscription."""
    secret, ends = new_secret(), earlier_ends_at or now + OVERLAP
    sealed = _sealed(secret, ring)
    await audit.note(notes, who=who, action="webhook.rotate", subject=_subject(webhook_id))
    _require(webhook_id, known=await store.rotate(webhook_id, sealed, earlier_ends_at=ends))
    return WebhookSecret(id=str(webhook_id), secret=secret, earlier_ends_at=ends)


async def try_out(
    webhook_id: UUID, *, store: WebhookStore, calls: WebhookCalls, ring: KeyRing, now: datetime
) -> WebhookAnswer:
    """Call an endpoint now with one event, without changing anything. Raises UnknownSubscription."""
    webhook = next((known for known in await store.webhooks() if known.id == webhook_id), None)
    if webhook is None:
        raise _unknown(webhook_id)
    event = own_event(TEST, str(uuid4()), {"event_source": webhook.source}, time=now)
    waiting = WebhookEvent(event_id=event.id, event=json.decode(encode(event)))
    try:
        body, headers = request_of(webhook, [waiting], ring=ring, now=now)
        await calls.post(webhook.url, body, headers)
    except WebhookFailure as exc:
        return WebhookAnswer(taken=False, reason=exc.reason)
    return WebhookAnswer(taken=True, reason=None)


def row_of(webhook: Webhook) -> WebhookRow:
    return WebhookRow(
        id=str(webhook.id),
        source=webhook.source,
        url=webhook.url,
        kinds=sorted(webhook.kinds),
        state="off" if webhook.disabled_at else "failing" if webhook.failing_since else "live",
        waiting=webhook.waiting,
        sent_at=webhook.sent_at,
        failing_since=webhook.failing_since,
        last_error=webhook.last_error,
        disabled_at=webhook.disabled_at,
        created_at=webhook.created_at,
        created_by=webhook.created_by,
    )


def _sealed(secret: str, ring: KeyRing) -> str:
    if not ring:
        raise InvalidSubscription("webhooks need HUB_SECRET, which seals their secrets: `hub secrets new`")
    return ring.seal(Sealed.WEBHOOK, secret.encode())


def _subject(webhook_id: UUID) -> str:
    return f"webhook:{webhook_id}"


def _require(webhook_id: UUID, *, known: bool) -> None:
    if not known:
        raise _unknown(webhook_id)


def _unknown(webhook_id: UUID) -> UnknownSubscription:
    return UnknownSubscription(f"there is no webhook {webhook_id}")
