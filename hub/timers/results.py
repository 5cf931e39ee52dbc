"""
Publish the results that somebody asked for.

The database keeps them in the statement that changes the message; here they are claimed, published with
confirms, and deleted. A crash in between repeats the same ids.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.messages.results import events_of
from hub.timers.deps import Timers

AT_ONCE: Final = 200
LEASE: Final = timedelta(seconds=30)
"""After which a claim that its process did not finish is taken over."""


async def publish_results(timers: Timers) -> bool:
    """Publish a batch in order; true if there is more. What nobody asks for any more is deleted."""
    store = timers.results
    results = await store.take_results(AT_ONCE, LEASE)
    if not results:
        return False
    subscriptions = await store.subscriptions()
    events = [
        event
        for result in results
        if result.source is not None
        for kind, event in events_of(result)
        if any(subscription.wants(result.source, kind) for subscription in subscriptions)
    ]
    await timers.publisher.notify(events)
    await store.finish_results(results)
    return len(results) == AT_ONCE
