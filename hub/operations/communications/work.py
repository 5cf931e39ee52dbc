"""
Work of communications: start what is due, publish the parts of what runs, watch it to its end.

Nothing is kept in a process: each step is a move of a row, or a part that is marked as published in the
transaction that published it. A process that dies repeats its last step: a part is the same bytes, and intake
drops the second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import structs

from hub.access.actor import Actor
from hub.errors import InvalidEvent, TooLarge
from hub.messages.delivery.pausing import REASON as HELD
from hub.messages.delivery.pausing import release
from hub.model import State
from hub.model.actors import HUB
from hub.model.communications import CHANGED, LAPSED, Communication, CommunicationState, Recalled
from hub.operations.communications import planning
from hub.operations.communications.calls import call
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.planning import Planning, Texts, digest_now
from hub.operations.communications.progress import progress_of
from hub.operations.communications.taken_back import offer_corrections, recall_all, take_back
from hub.policy.review import ReviewPolicy
from hub.ports import EVERYTHING, AuditStore, Now, PauseStore, Publisher
from hub.storage.approvals import PostgresApprovals
from hub.storage.communication_drafts import StoredPlan
from hub.storage.communication_progress import Delivered, can_leave, keep_tally, withdraw
from hub.storage.communications import Move, PostgresCommunications
from hub.storage.database import Database
from hub.storage.pauses import PostgresPauses

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


LEASE: Final = timedelta(minutes=3)
"""The time after which another process makes a plan that one has left unfinished."""
PARTS: Final = 4
"""Parts of one turn: a pause is seen between two turns."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationWork:
    """The timers' hands: `publish_next` and `watch` are called again and again."""

    database: Database
    publisher: Publisher
    texts: Texts
    review: ReviewPolicy
    now: Now
    quiet: timedelta = QUIET

    @property
    def store(self) -> PostgresCommunications:
        return PostgresCommunications(self.database)

    async def publish_next(self) -> bool:
        """Start what is due, and publish some parts; true if there may be more. Raises Unavailable."""
        started = await self._start_due()
        published = await self.store.publish_some(PARTS, self.publisher.event, self.now())
        if published:
            log.info("communication.published", parts=published)
        return bool(started) or published == PARTS

    async def watch(self) -> bool:
        """End what is over, cancel what is being cancelled, pause what fails, correct what was wrong."""
        await CommunicationMonitor(
            store=self.store,
            pauses=PostgresPauses(self.database),
            publisher=self.publisher,
            now=self.now,
            quiet=self.quiet,
        ).look()
        for row in await self.store.live(CommunicationState.RECALLED):
            await take_back(row, database=self.database, publisher=self.publisher, now=self.now())
        if begun := await offer_corrections(self.store, self.now()):
            log.info("communication.corrections_offered", count=begun)
        return False

    async def _start_due(self) -> int:
        now = self.now()
        due = await self.store.due(now)
        for row in due:
            if row.plan is not None:
                planned = await self.store.plan_of(row.id)
                why = await self._stale(row, planned, now)
                if planned is not None and why is None:
                    await self.store.start(row, planned.id, planned.digest, now)
                else:
                    await self.store.move(row.id, Move(to=CommunicationState.DRAFT, at=now, why=why))
                    log.info("communication.back", communication=str(row.id), why=why)
        return len(due)

    async def _stale(self, row: Communication, planned: StoredPlan | None, now: datetime) -> str | None:
        """Return why it does not leave, if so: it is not what was planned or released, or it is too late."""
        if planned is None or planned.digest != await digest_now(row, planned.id, self.store, self.texts):
            return CHANGED
        asked = await PostgresApprovals(self.database).asked(row.id)
        if self.review.needs_release(kind_of(row.kind).type, planned.people or 0) and (
            asked is None or asked.digest != planned.digest
        ):
            return CHANGED
        late = row.starts_at is not None and now > row.starts_at + self.review.ends_after
        return LAPSED if late and asked is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWork:
    """The timers' hand for plans of many people."""

    planning: Planning
    audit: AuditStore

    async def plan_next(self) -> bool:
        """Make a large plan; true if there may be another. A process that dies leaves it for the next one."""
        store, now = self.planning.store, self.planning.now()
        plan = await store.lease_plan(now, LEASE)
        if plan is None:
            return False
        row = await store.find(plan.communication, None, "")
        try:
            if row is not None and row.version == plan.version:
                by = Actor(who=row.by, notes=self.audit, now=now)
                await planning.finish(by, row, plan, self.planning)
                return True
        except (InvalidEvent, TooLarge):
            log.exception("communication.unplanned", communication=str(plan.communication))
        await store.end_plan(structs.replace(plan, state=planning.FAILED))
        return True
