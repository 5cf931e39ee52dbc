"""
Webhooks, to which waiting results are sent.

Each endpoint is a queue of its own: a batch at a time, in order, and no batch before the one before it was
taken. A slow or broken endpoint delays nobody but itself: its calls are tasks of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from prometheus_client import Counter

from hub.access.keyring import KeyRing
from hub.access.webhook_requests import request_of
from hub.errors import WebhookFailure
from hub.model.webhooks import Webhook
from hub.ports import Now, WebhookCalls
from hub.storage import PostgresWebhooks
from hub.timers.deps import Stands, never
from hub.timers.due_work import DueWork, pause

AT_ONCE: Final = 50
"""Endpoints that are called at the same time by a process."""
BATCH: Final = 100
LEASE: Final = timedelta(seconds=30)
"""Longer than a call: the endpoint of a process that died is taken over."""
GIVE_UP: Final = timedelta(days=3)
"""How long an endpoint may fail before it is turned off."""
PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
"""After each failed try; the last one again and again."""

_CALLS: Final = Counter(
    "hub_webhook_calls", "Calls of webhooks, by outcome: taken, failed (tried again), or off.", ["outcome"]
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeps:
    """The dependencies of sending."""

    queue: PostgresWebhooks
    calls: WebhookCalls
    ring: KeyRing
    now: Now
    stands: Stands = never


async def run(deps: WebhookDeps) -> None:
    """Send until cancelled. While PostgreSQL is away, wait for it."""
    work = DueWork(
        waiting="webhooks.waiting",
        broken="webhooks.broken",
        due=partial(due_webhooks, deps=deps),
        do=partial(send, deps=deps),
        about=lambda webhook: {"webhook": str(webhook.id)},
    )
    await work.run()


async def due_webhooks(working: Sequence[Webhook], deps: WebhookDeps) -> Sequence[Webhook]:
    """Claim endpoints for which events wait; none while everything is paused."""
    room = AT_ONCE - len(working)
    return () if room <= 0 or await deps.stands() else await deps.queue.due(room, lease=LEASE)


async def send(webhook: Webhook, deps: WebhookDeps) -> None:
    """Send the oldest events of an endpoint, and record what became of the call."""
    events = await deps.queue.batch(webhook.id, BATCH)
    if not events:
        return
    try:
        body, headers = request_of(webhook, events, ring=deps.ring, now=deps.now())
        await deps.calls.post(webhook.url, body, headers)
    except WebhookFailure as exc:
        await _fail(webhook, exc, deps)
        return
    await deps.queue.sent(webhook.id, [waiting.event_id for waiting in events])
    _CALLS.labels("taken").inc()
    log.info("webhook.sent", webhook=str(webhook.id), events=len(events))


async def _fail(webhook: Webhook, error: WebhookFailure, deps: WebhookDeps) -> None:
    since = webhook.failing_since
    off = error.gone or (since is not None and deps.now() - since >= GIVE_UP)
    again = pause(PAUSES, webhook.tries)
    await deps.queue.failed(webhook.id, error.reason, again=again, off=off)
    _CALLS.labels("off" if off else "failed").inc()
    log.warning(
        "webhook.off" if off else "webhook.failed",
        webhook=str(webhook.id),
        reason=error.reason,
        tries=webhook.tries + 1,
    )
