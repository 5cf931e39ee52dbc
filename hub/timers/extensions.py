"""
Refused extensions: publishers learn which of theirs a clock does not hold.

Every publisher gets the notice on `hub.events.out`, like that of a refused event, and those with a webhook
get it there too. The rows were written in the transaction of the fold; a crash in between repeats the same
ids.
"""

from __future__ import annotations

from hub import sla
from hub.model.webhooks import Webhook
from hub.timers.deps import Timers
from hub.timers.results import AT_ONCE, LEASE


async def publish_extensions(timers: Timers) -> bool:
    """Publish a batch and queue it for webhooks; true if there is more."""
    store = timers.results
    changes = await store.take_extensions(AT_ONCE, LEASE)
    if not changes:
        return False
    notices = [sla.notice_of(change) for change in changes]
    webhooks = [listener for listener in await store.listeners() if isinstance(listener, Webhook)]
    await timers.publisher.notify(notices)
    for_webhooks = [
        (webhook.id, notice)
        for change, notice in zip(changes, notices, strict=True)
        for webhook in webhooks
        if webhook.source == change.source
    ]
    await store.finish_extensions(changes, for_webhooks)
    return len(changes) == AT_ONCE
