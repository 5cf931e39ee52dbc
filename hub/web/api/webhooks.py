"""Webhooks of publishers over HTTP."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Instant
from hub.model.pages import ListQuery
from hub.operations import webhooks
from hub.web.api.results import SubscriptionBody
from hub.web.auth.caller import caller_of
from hub.web.paging import page_by
from hub.web.requests import read_id
from hub.web.responses import json_answer
from hub.web.services import services

_WEBHOOK: Final = "webhook"


class WebhookBody(SubscriptionBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(max_length=1000, description="https; http only on the hub's own machine.")]


class WebhookSecretBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    earlier_ends_at: (
        Annotated[Instant, Meta(description="Both secrets sign until then; by default for a day.")] | None
    ) = None


class WebhookId(Struct, frozen=True, kw_only=True):
    id: str


async def list_webhooks(request: web.Request, query: ListQuery) -> web.Response:
    """List the webhooks, without their secrets."""
    items = await webhooks.read_webhooks(services(request).webhooks)
    return json_answer(page_by(items, query, key=lambda row: (row.created_at.isoformat(), row.id)))


async def add_webhook(request: web.Request, body: WebhookBody) -> web.Response:
    """Add a webhook for messages planned from now on; only this response has its secret."""
    deps = services(request)
    made = await webhooks.add(
        body.url,
        body.source,
        body.kinds,
        store=deps.webhooks,
        notes=deps.audit,
        ring=deps.ring,
        who=caller_of(request).who,
        now=deps.now(),
    )
    return json_answer(made, status=201)


async def remove_webhook(request: web.Request) -> web.Response:
    """Remove a webhook and what waits for it."""
    webhook_id, deps = _id(request), services(request)
    await webhooks.remove(webhook_id, store=deps.webhooks, notes=deps.audit, who=caller_of(request).who)
    return json_answer(WebhookId(id=str(webhook_id)))


async def enable_webhook(request: web.Request) -> web.Response:
    """Turn a webhook on again that was turned off, or try it now: what waits goes out."""
    webhook_id, deps = _id(request), services(request)
    await webhooks.enable(webhook_id, store=deps.webhooks, notes=deps.audit, who=caller_of(request).who)
    return json_answer(WebhookId(id=str(webhook_id)))


async def rotate_webhook(request: web.Request, body: WebhookSecretBody) -> web.Response:
    """Make a new secret of a webhook; both sign until the old one ends."""
    deps = services(request)
    made = await webhooks.rotate(
        _id(request),
        earlier_ends_at=body.earlier_ends_at,
        store=deps.webhooks,
        notes=deps.audit,
        ring=deps.ring,
        who=caller_of(request).who,
        now=deps.now(),
    )
    return json_answer(made, status=201)


async def test_webhook(request: web.Request) -> web.Response:
    """Call a webhook now with one event, `notification.test`."""
    deps = services(request)
    done = await webhooks.try_out(
        _id(request), store=deps.webhooks, calls=deps.webhook_calls, ring=deps.ring, now=deps.now()
    )
    return json_answer(done)


def _id(request: web.Request) -> UUID:
    return read_id(request, _WEBHOOK)
