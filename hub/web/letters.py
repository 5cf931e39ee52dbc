"""Settling dead letters: once mended at the publisher or in the hub, again; or away with them."""

from __future__ import annotations

from uuid import UUID

from hub.model import DeadLetter
from hub.ports import LogStore, Publisher
from hub.web.shapes import Settled


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


async def discard(log: LogStore, letter_id: UUID) -> Settled:
    """Set it `discarded`; it stays in the log."""
    changed = await log.settle_dead(letter_id, state="discarded")
    return Settled(id=letter_id, state="discarded", changed=changed)
