"""Settling dead letters: once mended at the publisher or in the hub, again; or away with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from hub.model import DeadLetter
from hub.ports import LogStore, Publisher

PAGE: Final = 500


class Settled(Struct, kw_only=True, frozen=True):
    """`changed` is false when it was settled before, or has already failed again."""

    id: UUID
    state: Literal["replayed", "discarded"]
    changed: bool


Settle = Callable[[LogStore, Publisher, UUID], Awaitable[Settled]]


async def replay(log: LogStore, publisher: Publisher, letter: DeadLetter) -> Settled:
    """
    Publish the letter again as it came, then set it `replayed`. Safe to repeat.

    The other order would lose it if the hub ended in between: a second copy is a duplicate that
    intake knows, a copy that was never sent is known by nobody. When it has failed again before it
    is settled, it stays open.
    """
    await publisher.replay(letter)
    changed = await log.settle_dead(letter.id, state="replayed", times=letter.times)
    return Settled(id=letter.id, state="replayed", changed=changed)


async def replay_one(log: LogStore, publisher: Publisher, letter_id: UUID) -> Settled:
    """Replay by id; one that is gone by now has not changed."""
    letter = await log.dead_letter(letter_id)
    if letter is None:
        return Settled(id=letter_id, state="replayed", changed=False)
    return await replay(log, publisher, letter)


async def discard_one(log: LogStore, publisher: Publisher, letter_id: UUID) -> Settled:
    """Discard by id."""
    del publisher
    return await discard(log, letter_id)


async def open_ids(
    log: LogStore, *, reason: str | None = None, event: str | None = None, limit: int | None = None
) -> list[UUID]:
    """
    Answer the open letters of a filter, newest first.

    All of them before the first one is settled: a replay that fails again at once is open once more,
    and must not be met a second time.
    """
    found: list[UUID] = []
    after = None
    while True:
        room = PAGE if limit is None else min(PAGE, limit - len(found))
        page = await log.dead(state="open", after=after, limit=room, reason=reason, event=event)
        found += [UUID(str(row["id"])) for row in page.items]
        after = page.next
        if after is None or len(found) == limit:
            return found


async def discard(log: LogStore, letter_id: UUID) -> Settled:
    """Set it `discarded`; it stays in the log."""
    changed = await log.settle_dead(letter_id, state="discarded")
    return Settled(id=letter_id, state="discarded", changed=changed)
