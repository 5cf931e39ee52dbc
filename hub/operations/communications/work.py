"""
Work of communications: start what is due, publish the parts of what runs, watch it to its end.

Nothing is kept in a process: each step is a move of a row, or a part that is marked as published in the
transaction that published it. A process that dies repeats its last step: a part is the same bytes, and intake
drops the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import structs

from hub.access.actor import Actor
from hub.errors import InvalidEvent, TooLarge
from hub.model.communications import CHANGED, LAPSED, Communication, CommunicationState
from hub.operations.communications import planning
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.monitor import QUIET, CommunicationMonitor
from hub.operations.communications.planning import Planning, Texts, digest_now
from hub.operations.communications.taken_back import offer_corrections, take_back
from hub.policy.review import ReviewPolicy
from hub.ports import AuditStore, Now, Publisher
from hub.storage.approvals import PostgresApprovals
from hub.storage.communication_drafts import StoredPlan
from hub.storage.communications import Move, PostgresCommunications
from hub.storage.database import Database
from hub.storage.pauses import PostgresPauses

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
