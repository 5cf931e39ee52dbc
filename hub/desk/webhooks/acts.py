"""Webhooks of publishers: add, remove, rotate, test, turn on; and results over RabbitMQ: on, off."""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from asyncpg import Record
from msgspec import json
from msgspec.structs import asdict

from hub.access.keyring import Sealed
from hub.access.webhook_requests import new_secret, request_of
from hub.channels.webhook_calls import HttpWebhookCalls, require_public, require_url
from hub.cloudevents import encode
from hub.desk.webhooks.rows import (
    OffQuery,
    ResultsForm,
    SourceBody,
    SubscriptionBody,
    SubscriptionRow,
    SubscriptionSource,
    WebhookAnswer,
    WebhookBody,
    WebhookForm,
    WebhookId,
    WebhookMade,
    WebhookRow,
    WebhookSecret,
    WebhookSecretBody,
    kinds_es,
)
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.errors import InvalidSubscription, UnknownSubscription, WebhookFailure
from hub.messages.results import require_source
from hub.model import own_event
from hub.model.ids import uuid8
from hub.model.pages import ListQuery, Rows, rows_by
from hub.model.results import ResultSubscription, source_key
from hub.model.webhooks import Webhook, WebhookEvent
from hub.storage.database import Database, beside, read, storable

_SQL: Final = beside(__file__)


WEBHOOK: Final = "webhook"
OVERLAP: Final = timedelta(days=1)
"""The time for which the old secret signs as well after a rotation, by default."""
TEST: Final = "notification.test"


async def list_webhooks(by: Operator, query: ListQuery) -> Rows[WebhookRow]:
    """List the webhooks, without their secrets."""
    rows = await webhooks(by.db)
    return rows_by(rows, query, lambda row: (row.created_at.isoformat(), row.id))


async def show_webhook(by: Operator, webhook_id: UUID) -> WebhookRow:
    """Show a webhook, without its secret."""
    return found(WEBHOOK, next(iter(await webhooks(by.db, webhook_id)), None))


async def add_webhook(by: Operator, body: WebhookBody) -> WebhookMade:
    """
    Add a webhook for messages planned from now on; only this response has its secret.

      hub webhooks add https://crm.example/hub --source urn:coproservicios:crm
    """
    require_source(body.source)
    require_url(body.url)
    await require_public(body.url, by.stores.settings.webhook_networks)
    secret = new_secret()
    webhook = Webhook(
        id=uuid8(by.now, "webhook", uuid4().hex),
        source=body.source,
        kinds=frozenset(body.kinds),
        created_at=by.now,
        created_by=by.who,
        url=body.url,
        secret=_sealed(by, secret),
    )
    # Without its URL, which may hold a secret.
    await by.audit("webhook.add", _subject(webhook.id), source=body.source)
    await add(by.db, webhook)
    return WebhookMade(**asdict(await show_webhook(by, webhook.id)), secret=secret)


async def remove_webhook(by: Operator, webhook_id: UUID) -> WebhookId:
    """Remove a webhook and the results that wait for it."""
    await by.audit("webhook.remove", _subject(webhook_id))
    return _known(webhook_id, known=await remove(by.db, webhook_id))


async def ask_remove(by: Operator, webhook_id: UUID) -> Question:
    """Ask once more before a webhook is removed."""
    row = await show_webhook(by, webhook_id)
    waiting = f"Se pierden {row.waiting} avisos que esperan. " if row.waiting else ""
    return Question(
        title="¿Quitar este webhook?",
        facts={"Dirección": row.url, "Origen": row.source},
        follows=f"{waiting}Ese sistema no sabrá más por aquí qué pasó con sus mensajes.",
        press="Sí, quitarlo",
    )


async def enable_webhook(by: Operator, webhook_id: UUID) -> WebhookId:
    """Turn a webhook on again that was turned off, or try it now: waiting results go out."""
    await by.audit("webhook.on", _subject(webhook_id))
    return _known(webhook_id, known=await enable(by.db, webhook_id))


async def rotate_webhook(by: Operator, webhook_id: UUID, body: WebhookSecretBody) -> WebhookSecret:
    """Make a new secret of a webhook; both sign until the old one ends."""
    secret, ends = new_secret(), body.earlier_ends_at or by.now + OVERLAP
    sealed = _sealed(by, secret)
    await by.audit("webhook.rotate", _subject(webhook_id))
    known = await rotate(by.db, webhook_id, sealed, earlier_ends_at=ends)
    return WebhookSecret(id=_known(webhook_id, known=known).id, secret=secret, earlier_ends_at=ends)


async def test_webhook(by: Operator, webhook_id: UUID) -> WebhookAnswer:
    """Call a webhook now with one event, `notification.test`."""
    webhook = await endpoint(by.db, webhook_id)
    if webhook is None:
        raise _unknown(webhook_id)
    event = own_event(TEST, str(uuid4()), {"event_source": webhook.source}, time=by.now)
    waiting = WebhookEvent(event_id=event.id, event=json.decode(encode(event)))
    try:
        body, headers = request_of(webhook, [waiting], ring=by.stores.ring, now=by.now)
        async with aclosing(HttpWebhookCalls(by.stores.settings.webhook_networks)) as calls:
            await calls.post(webhook.url, body, headers)
    except WebhookFailure as exc:
        return WebhookAnswer(taken=False, reason=exc.reason)
    return WebhookAnswer(taken=True, reason=None)


async def list_subscriptions(by: Operator, query: ListQuery) -> Rows[SubscriptionRow]:
    """List the sources whose results are published on `hub.events.out`, and their routing keys."""
    return rows_by(await subscriptions(by.db), query, lambda row: (row.source,))


async def subscribe(by: Operator, body: SubscriptionBody) -> SubscriptionRow:
    """
    Publish the results of a source's messages, planned from now on; safe to repeat.

    The publisher binds its queue with the key that is shown: notification.*.KEY

      hub results on urn:coproservicios:crm

      hub results on urn:coproservicios:crm --kind failed --kind undelivered
    """
    require_source(body.source)
    await by.audit("results.on", f"source:{body.source}", kinds=sorted(body.kinds))
    subscription = ResultSubscription(
        id=uuid8(by.now, "subscription", uuid4().hex),
        source=body.source,
        kinds=frozenset(body.kinds),
        created_at=by.now,
        created_by=by.who,
    )
    return await insert_subscription(by.db, subscription)


async def unsubscribe(by: Operator, body: SourceBody) -> SubscriptionSource:
    """Publish the results of a source's messages no more."""
    await by.audit("results.off", f"source:{body.source}")
    if not await delete_subscription(by.db, body.source):
        raise UnknownSubscription(f"nobody has subscribed to the results of {body.source}")
    return SubscriptionSource(source=body.source)


async def ask_unsubscribe(_: Operator, query: OffQuery) -> Question:
    """Ask once more before the results of a source end."""
    return Question(
        title=f"¿Dejar de publicar los resultados de {query.source}?",
        follows="Ese sistema no sabrá más qué pasó con sus mensajes.",
        press="Sí, dejar de publicarlos",
        kept={"source": query.source},
    )


def webhook_of_form(_: Operator, form: WebhookForm) -> WebhookBody:
    return WebhookBody(url=form.url, source=form.source, kinds=form.kinds)


def subscription_of_form(_: Operator, form: ResultsForm) -> SubscriptionBody:
    return SubscriptionBody(source=form.source, kinds=form.kinds)


async def page_words(by: Operator) -> dict[str, Any]:
    """Return the other values of the page of webhooks: the results over RabbitMQ."""
    return {"results": await subscriptions(by.db), "kinds_of": kinds_es}


def _sealed(by: Operator, secret: str) -> str:
    if not by.stores.ring:
        raise InvalidSubscription("webhooks need HUB_SECRET, which seals their secrets: `hub secrets new`")
    return by.stores.ring.seal(Sealed.WEBHOOK, secret.encode())


def _subject(webhook_id: UUID) -> str:
    return f"webhook:{webhook_id}"


def _known(webhook_id: UUID, *, known: bool) -> WebhookId:
    if not known:
        raise _unknown(webhook_id)
    return WebhookId(id=str(webhook_id))


def _unknown(webhook_id: UUID) -> UnknownSubscription:
    return UnknownSubscription(f"there is no webhook {webhook_id}")


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


async def insert_subscription(db: Database, subscription: ResultSubscription) -> SubscriptionRow:
    """Store it for messages planned from now on; where the source has one, only its kinds change."""
    words = storable(subscription.source), sorted(subscription.kinds), storable(subscription.created_by)
    [row] = await db.rows(_SQL["subscribe"], subscription.id, *words)
    return _subscription(row)


async def delete_subscription(db: Database, source: str) -> bool:
    """Delete it; false if there was none."""
    return bool(await db.rows(_SQL["unsubscribe"], storable(source)))


def _subscription(row: Record) -> SubscriptionRow:
    return read(SubscriptionRow, row, key=source_key(row["source"]))
