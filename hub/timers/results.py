"""
Results that somebody has asked for, and extensions that were refused: their publication.

The database keeps them in the statement that changes the message; here they are claimed, published with
confirms, and deleted. A crash in between repeats the same ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from hub import sla
from hub.messages.results import events_of
from hub.model import Event
from hub.model.results import Result, ResultSubscription
from hub.model.webhooks import Webhook
from hub.timers.deps import Timers

AT_ONCE: Final = 200
LEASE: Final = timedelta(seconds=30)
"""The age at which another process takes over an unfinished claim."""


async def publish_results(timers: Timers) -> bool:
    """
    Publish a batch in order, and queue it for webhooks; true if there is more.

    A result that nobody asks for any more is deleted.
    """
    store = timers.results
    results = await store.take_results(AT_ONCE, LEASE)
    if not results:
        return False
    wanted = list(_wanted(results, await store.listeners()))
    by_queue = {event.id: event for listener, event in wanted if not isinstance(listener, Webhook)}
    await timers.publisher.notify(list(by_queue.values()))
    for_webhooks = [(listener.id, event) for listener, event in wanted if isinstance(listener, Webhook)]
    await store.finish_results(results, for_webhooks)
    return len(results) == AT_ONCE


def _wanted(
    results: Iterable[Result], listeners: Sequence[ResultSubscription]
) -> Iterator[tuple[ResultSubscription, Event]]:
    for result in results:
        if result.source is None:
            continue  # the retention has dropped the message
        asking = [listener for listener in listeners if listener.source == result.source]
        for kind, event in events_of(result):
            yield from ((listener, event) for listener in asking if listener.wants(kind))


async def publish_extensions(timers: Timers) -> bool:
    """
    Publish a batch of refused extensions and queue it for webhooks; true if there is more.

    Every publisher gets the notice on `hub.events.out`, like that of a refused event. The rows were written
    in the transaction of the fold.
    """
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
