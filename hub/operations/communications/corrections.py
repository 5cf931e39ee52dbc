"""Who had what was taken back, and when that is known: a correction goes to them, and to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Final
from uuid import UUID

from hub.model.events import Reader
from hub.storage import corrections as storage
from hub.storage import recalls
from hub.storage.database import Runner

PAGE: Final = 1_000
"""People of a page."""


async def settled(run: Runner, event_keys: Collection[UUID]) -> bool:
    """
    Return whether nothing of these recalled events is being sent any more: then their readers are known.

    What a worker has put into an inbox, or among the letters, since the recall is withdrawn then, as the
    recall does with what it finds. Safe to repeat.
    """
    if await storage.is_being_sent(run, event_keys):
        return False
    await recalls.withdraw(run, await storage.recalled(run, event_keys))
    return True


async def readers(run: Runner, event_keys: Collection[UUID], *, page: int = PAGE) -> AsyncIterator[Reader]:
    """
    Yield each person who had a message of these events, or may have had one, with the channels, by event.

    What came back, an entry of an inbox that nobody has read, and a letter that nobody has posted or handed
    over have reached nobody.
    """
    for key in sorted(event_keys):
        found = await storage.readers(run, key, after="", limit=page)
        while found:
            for reader in found:
                yield reader
            found = await storage.readers(run, key, after=found[-1].person, limit=page)
