"""Pauses: those in force as this process last read them, and the release of what they have held."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from hub.messages.delivery.decisions import held
from hub.model import Claimed, Outcome
from hub.model.communications import subject_of
from hub.model.sources import is_hub_source
from hub.ports import EVERYTHING, PauseStore, Publisher
from hub.resilience.cached import Cached

LOOK_AGAIN: Final = timedelta(minutes=15)
"""When to check a held message again if nobody has released it."""
REASON: Final = "paused"
PAGE: Final = 500
"""Messages released in one transaction."""
SETTLE: Final = 1.5
"""Seconds until every process knows that a pause is over; then the messages held meanwhile are released."""


class Pauses(Cached[frozenset[str]]):
    """
    The paused subjects.

    While PostgreSQL is away, the last known pauses stay in force. Raises StorageUnavailable if none were
    read yet: a message that may be paused is not sent.
    """

    def __init__(self, store: PauseStore, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(store.paused, name="pauses", clock=clock)

    async def of_everything(self) -> bool:
        """Return whether everything is paused. Raises StorageUnavailable if no pauses were read yet."""
        return EVERYTHING in await self.current()


def held_back(claimed: Claimed, paused: Collection[str], *, now: datetime) -> Outcome | None:
    """
    Hold a message of a paused channel, event or communication; None if no pause applies or its wall-time end
    has come.

    While everything is paused all messages are held: none is recorded as expired before anybody has looked.
    """
    message = claimed.message
    everything = EVERYTHING in paused
    if not (everything or _subjects(claimed).intersection(paused)):
        return None
    if not everything and message.ends_at is not None and message.ends_at <= now:
        return None
    return held(message, REASON, until=now + LOOK_AGAIN, longer_by=LOOK_AGAIN)


def _subjects(claimed: Claimed) -> set[str]:
    message = claimed.message
    subjects = {f"channel:{message.channel}", f"event:{message.event}"}
    # Another system may call its event what it likes: only the hub's own are of a communication.
    communication = subject_of(message.event_id)
    if communication is not None and is_hub_source(claimed.source):
        subjects.add(communication)
    return subjects


async def release(
    store: PauseStore,
    publisher: Publisher,
    *,
    count: int = 0,
    at_most: int | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> tuple[int, bool]:
    """
    Release what is held for pauses that are over, page by page; return how many, and whether more are left.

    A page is committed, then ticketed; after a crash in between, the sweep finds the messages. `on_progress`
    is called with the count so far, from `count` on. Messages held by another pause stay held.
    """
    while at_most is None or count < at_most:
        tickets = await store.release_resumed(PAGE)
        if not tickets:
            return count, False
        await publisher.tickets(tickets)
        count += sum(len(ticket.ids) for ticket in tickets)
        on_progress(count)
    return count, True


async def release_settled(
    store: PauseStore,
    publisher: Publisher,
    *,
    ended: bool,
    at_most: int | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    settle: float = SETTLE,
) -> tuple[int, bool]:
    """Release at once, and again what processes have held that did not know yet that a pause has `ended`."""
    page_by_page = partial(release, store, publisher, at_most=at_most, on_progress=on_progress)
    count, more = await page_by_page()
    if not more and (ended or count):
        await asyncio.sleep(settle)
        count, more = await page_by_page(count=count)
    return count, more
