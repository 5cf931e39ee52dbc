"""Holding a channel or an event back, and letting what was held go."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hub.catalog import BY_NAME
from hub.channels.registry import NAMES
from hub.errors import UnknownName
from hub.ports import PauseStore, Publisher

PAGE: Final = 500
"""Messages that are released in one transaction."""
SETTLE: Final = 1.5
"""Seconds until every process has heard that a pause is over: what it held meanwhile is released then."""


class Paused(Struct, kw_only=True, frozen=True):
    """`changed` is false when it was paused before. `urgent` messages are held back right now."""

    subject: str
    changed: bool
    urgent: int


class Resumed(Struct, kw_only=True, frozen=True):
    """`changed` is false when nothing was paused. With `more` there is more to release: ask again."""

    subject: str
    changed: bool
    released: int
    more: bool


def subject_of(name: str) -> str:
    """Answer what is paused by this name. Raises UnknownName with those that are known."""
    if name in NAMES:
        return f"channel:{name}"
    if name in BY_NAME:
        return f"event:{name}"
    near = difflib.get_close_matches(name, [*NAMES, *BY_NAME], n=3)
    known = f"near: {', '.join(near)}" if near else f"channels: {', '.join(NAMES)}; or an event's name"
    raise UnknownName(f"there is no channel and no event {name!r}; {known}")


async def pause(subject: str, *, by: str, reason: str, store: PauseStore) -> Paused:
    """Hold back; within a second every process does. Safe to repeat."""
    changed = await store.pause(subject, by=by, reason=reason)
    return Paused(subject=subject, changed=changed, urgent=await store.urgent(subject))


async def resume(
    subject: str,
    *,
    store: PauseStore,
    publisher: Publisher,
    at_most: int | None = None,
    released: Callable[[int], None] = lambda _: None,
    settle: float = SETTLE,
) -> Resumed:
    """
    Take the pause away and release at once what it held, page by page; safe to repeat.

    A page is committed and then ticketed: what a crash leaves in between is found by the sweep. `released`
    hears how many so far. Nothing of another pause is released.
    """
    changed = await store.resume(subject)
    count, more = await _release(store, publisher, 0, at_most, released)
    if not more and (changed or count):
        # A process that has not heard of it yet may still be holding some.
        await asyncio.sleep(settle)
        count, more = await _release(store, publisher, count, at_most, released)
    return Resumed(subject=subject, changed=changed, released=count, more=more)


async def _release(
    store: PauseStore,
    publisher: Publisher,
    count: int,
    at_most: int | None,
    released: Callable[[int], None],
) -> tuple[int, bool]:
    while at_most is None or count < at_most:
        tickets = await store.release_resumed(PAGE)
        if not tickets:
            return count, False
        await publisher.tickets(tickets)
        count += sum(len(ticket.ids) for ticket in tickets)
        released(count)
    return count, True
