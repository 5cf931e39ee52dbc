"""Pause a channel, an event or everything, and release the held messages."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from hub.access.actor import Actor
from hub.catalog import BY_NAME
from hub.channels.registry import NAMES
from hub.errors import NotRestored, UnknownName
from hub.model import Json
from hub.ports import EVERYTHING, RESTORED_BY, PauseStore, Publisher

PAGE: Final = 500
"""Messages released in one transaction."""
SETTLE: Final = 1.5
"""Seconds until every process knows that a pause is over; then the messages held meanwhile are released."""


class Paused(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was paused before. `urgent` is the number of urgent messages held now."""

    subject: str
    changed: bool
    urgent: int


class Resumed(Struct, kw_only=True, frozen=True):
    """
    `changed` is false if nothing was paused. With `more`, call again to release the rest.

    `cancelled` is what was older than the pause of a restored hub.
    """

    subject: str
    changed: bool
    released: int
    more: bool
    cancelled: int = 0


def subject_of(name: str) -> str:
    """Return the subject of `all`, a channel's or an event's name. Raises UnknownName with known names."""
    if name == EVERYTHING:
        return name
    if name in NAMES:
        return f"channel:{name}"
    if name in BY_NAME:
        return f"event:{name}"
    near = difflib.get_close_matches(name, [*NAMES, *BY_NAME], n=3)
    known = (
        f"near: {', '.join(near)}"
        if near
        else f"channels: {', '.join(NAMES)}; an event's name; or {EVERYTHING}"
    )
    raise UnknownName(f"there is no channel and no event {name!r}; {known}")


async def pause(
    by: Actor, subject: str, *, reason: str, store: PauseStore, ends_at: datetime | None = None
) -> Paused:
    """Pause, until `ends_at` if it is given; every process follows within a second. Idempotent."""
    await by.note("pause", subject, ends_at=ends_at and ends_at.isoformat())
    changed = await store.pause(subject, by=by.by, reason=reason, ends_at=ends_at)
    return Paused(subject=subject, changed=changed, urgent=await store.urgent(subject))


async def resume(
    subject: str,
    *,
    store: PauseStore,
    publisher: Publisher,
    at_most: int | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    settle: float = SETTLE,
) -> Resumed:
    """
    End the pause and release its held messages at once, page by page. Idempotent.

    A page is committed, then ticketed; after a crash in between, the sweep finds the messages. `on_progress`
    is called with the count so far. Messages held by another pause stay held.
    """
    changed = await store.resume(subject)
    count, more = await _release(store, publisher, 0, at_most, on_progress)
    if not more and (changed or count):
        # A process that does not know yet may still hold messages.
        await asyncio.sleep(settle)
        count, more = await _release(store, publisher, count, at_most, on_progress)
    return Resumed(subject=subject, changed=changed, released=count, more=more)


async def end_pauses(store: PauseStore, publisher: Publisher, *, settle: float = SETTLE) -> Sequence[str]:
    """Take away the pauses whose end has come, release what they held, and return their subjects."""
    over = await store.end()
    if over:
        await asyncio.sleep(settle)
        await _release(store, publisher, 0, None, lambda _: None)
    return over


def is_restored(row: Mapping[str, Json]) -> bool:
    """Return whether a pause is that with which a restored hub starts."""
    return (row["subject"], row["by"]) == (EVERYTHING, RESTORED_BY)


async def cancel_older(store: PauseStore, on_progress: Callable[[int], None] = lambda _: None) -> int:
    """
    Cancel what waits and is older than a restored hub's copy, page by page; return how many.

    Raises NotRestored for any other pause: all that was planned before it would go, the urgent and what the
    law asks for too, and nobody would have seen a list.
    """
    if not any(is_restored(row) for row in await store.pauses()):
        raise NotRestored
    count = 0
    while cancelled := await store.cancel_before_pause(PAGE):
        count += cancelled
        on_progress(count)
    return count


async def _release(
    store: PauseStore,
    publisher: Publisher,
    count: int,
    at_most: int | None,
    on_progress: Callable[[int], None],
) -> tuple[int, bool]:
    while at_most is None or count < at_most:
        tickets = await store.release_resumed(PAGE)
        if not tickets:
            return count, False
        await publisher.tickets(tickets)
        count += sum(len(ticket.ids) for ticket in tickets)
        on_progress(count)
    return count, True
