"""
Monitor of communications that run: the end of each, its cancelling, and the pause that it gives itself.

Each look counts rows, and each step is a move of the communication's row: a process that dies repeats it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from hub.messages.delivery.pausing import REASON as HELD
from hub.messages.delivery.pausing import release
from hub.model import State
from hub.model.actors import HUB
from hub.model.communications import Communication, CommunicationState, Recalled
from hub.operations.communications.calls import call
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.progress import progress_of
from hub.operations.communications.taken_back import recall_all
from hub.ports import EVERYTHING, Now, PauseStore, Publisher
from hub.storage.communication_progress import Delivered, can_leave, keep_tally, withdraw
from hub.storage.communications import Move, PostgresCommunications

QUIET: Final = timedelta(seconds=30)
"""Until a lost message's next step is stored, at the latest: a statement takes no longer."""
ENOUGH: Final = 100
"""Messages that have arrived or failed, before a cause is judged."""
TOO_MANY: Final = 0.05
"""The share of these that fail for one cause, at which a communication pauses itself."""
RELEASED: Final = 5000
"""Messages that one look releases: of many, or of a process that died, a resumption has left some held."""
FAILING: Final = "failing"
_STOPPED: Final = "Se canceló antes de que saliera."
_NOBODY: Final = "Nadie la recibió."
_FAILED: Final = frozenset({State.FAILED, State.BOUNCED})
_SETTLED: Final = _FAILED | {State.SENT, State.DELIVERED, State.READ}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationMonitor:
    """What a look needs. `quiet` is QUIET, but in tests."""

    store: PostgresCommunications
    pauses: PauseStore
    publisher: Publisher
    now: Now
    quiet: timedelta = QUIET

    async def look(self) -> None:
        """Look at each communication that runs, or stands. Raises Unavailable."""
        states = CommunicationState.RUNNING, CommunicationState.CANCELLING, CommunicationState.PAUSED
        for row in await self.store.live(*states):
            if row.state == CommunicationState.RUNNING:
                await self._running(row)
            elif row.state == CommunicationState.CANCELLING:
                await self._cancelling(row)
            elif row.why == FAILING and row.changed_at > self.now() - QUIET:
                await self._tell(row)

    async def _running(self, row: Communication) -> None:
        if row.plan is None:
            return
        keys, standing = await self.store.keys(row.plan), await self.store.standing(row.plan)
        delivered = await self.store.delivered(keys, kind_of(row.kind).audiences)
        await self._release(row, delivered)
        cause = failing(delivered, row.causes)
        if cause is not None and await self._pause(row, cause):
            return
        if standing.parts != standing.planned + standing.dead:
            return
        if not await can_leave(self.store, keys, self.quiet, reminders=False):
            await self._end(row, CommunicationState.DONE)

    async def _release(self, row: Communication, delivered: Iterable[Delivered]) -> None:
        """Release what a resumption has left held; what another pause holds is not searched at each look."""
        held = {f"channel:{one.channel}" for one in delivered if one.reason == HELD}
        if not held:
            return
        paused = await self.pauses.paused()
        if paused.isdisjoint({EVERYTHING, f"event:{row.kind}"}) and not held <= paused:
            await release(self.pauses, self.publisher, at_most=RELEASED)

    async def _pause(self, row: Communication, cause: str) -> bool:
        """Return whether it paused: the event of another system does not."""
        running, causes = frozenset({CommunicationState.RUNNING}), "\n".join((cause, *row.causes))
        to = Move(to=CommunicationState.PAUSED, at=self.now(), why=FAILING, cause=causes, since=running)
        moved = await self.store.move(row.id, to)
        if moved is not None:
            log.warning("communication.paused", communication=str(row.id), cause=cause)
            await self._tell(moved)
        return moved is not None

    async def _tell(self, row: Communication) -> None:
        """
        Call the maker. The same pause calls once, however often it is told: intake drops the second.

        So it is told again at the next looks, which make up for a process that died, or for a broker.
        """
        maker = await self.store.maker_of(row.id)
        plan = await self.store.plan_of(row.id)
        await call(self.publisher, maker, "paused", row, row.changed_at, people=plan.people if plan else None)

    async def _cancelling(self, row: Communication) -> None:
        """Cancel what is unsent, also what came since the last look; end it once nothing can follow."""
        if row.plan is None:
            return
        keys = await self.store.keys(row.plan)
        await withdraw(self.store, keys)
        # A part may have been in the hands of a process that published it as the communication was stopped.
        await self.store.wait_for_parts(row.plan)
        # Or a process has died in between: an event that may still come is taken back before that.
        lost = [part for part in await self.store.published(row.plan) if not part.arrived]
        said = Recalled(at=row.changed_at, by=HUB, reason=_STOPPED, no_correction=_NOBODY)
        if await recall_all(lost, said, self.publisher):
            return
        standing = await self.store.standing(row.plan)
        if standing.published != standing.planned + standing.dead:
            return
        if not await can_leave(self.store, keys, self.quiet, reminders=True):
            await self._end(row, CommunicationState.CANCELLED)

    async def _end(self, row: Communication, state: CommunicationState) -> None:
        plan = await self.store.plan_of(row.id)
        progress = await progress_of(self.store, row, (plan and plan.people) or 0)
        await keep_tally(self.store, row.id, progress)
        if await self.store.move(row.id, Move(to=state, at=self.now(), since=frozenset({row.state}))):
            log.info("communication.ended", communication=str(row.id), state=state.value)


def failing(delivered: Iterable[Delivered], known: Collection[str] = ()) -> str | None:
    """Return the cause, none of the known ones, for which too many messages of enough have failed. Pure."""
    rows = [one for one in delivered if one.state in _SETTLED]
    settled = sum(one.n for one in rows)
    causes = Counter[str]()
    for one in rows:
        if one.state in _FAILED and one.reason not in known:
            causes[one.reason] += one.n
    cause, failed = max(causes.items(), key=lambda found: found[1], default=("", 0))
    return cause if settled >= ENOUGH and failed >= TOO_MANY * settled else None
