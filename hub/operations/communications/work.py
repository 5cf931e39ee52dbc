"""
Work of communications: start what is due, publish the parts of what runs, end what is over.

Nothing is kept in a process: each step is a move of a row, or a part that is marked as published in the
transaction that published it. A process that dies repeats its last step: a part is the same bytes, and intake
drops the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from hub.model.communications import CommunicationState
from hub.operations.communications.progress import progress_of
from hub.ports import Now, Publisher
from hub.storage.communications import Move, PostgresCommunications

PARTS: Final = 4
"""Parts of one turn: a pause is seen between two turns."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationWork:
    """The timers' hands: `publish_next` and `watch` are called again and again."""

    store: PostgresCommunications
    publisher: Publisher
    now: Now

    async def publish_next(self) -> bool:
        """Start what is due, and publish some parts; true if there may be more. Raises Unavailable."""
        started = await self._start_due()
        published = await self.store.publish_some(PARTS, self.publisher.event, self.now())
        if published:
            log.info("communication.published", parts=published)
        return bool(started) or published == PARTS

    async def watch(self) -> bool:
        """End the communications of which nothing can leave any more."""
        for row in await self.store.live(CommunicationState.RUNNING):
            progress = await progress_of(self.store, row, 0)
            if progress is not None and progress.is_over:
                await self.store.move(row.id, Move(to=CommunicationState.DONE, at=self.now()))
                log.info("communication.done", communication=str(row.id))
        return False

    async def _start_due(self) -> int:
        due = await self.store.due(self.now())
        for row in due:
            if row.plan is not None:
                await self.store.start(row, row.plan, self.now())
        return len(due)
