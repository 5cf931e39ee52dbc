"""
Work of reviews: ask for what waits, tell who is asked, end what nobody decides, publish what was released.

Nothing is kept in a process: each step marks a row after it is done, and may be done twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
import structlog
from msgspec.structs import replace

from hub.access.actor import Actor
from hub.cloudevents import decode
from hub.errors import ChangedDraft, InvalidEvent, TooLarge
from hub.intake.decode import dead_letter, rejection
from hub.intake.dry_run_schemas import DryRun
from hub.model import DeadLetter, Event
from hub.model.actors import HUB
from hub.model.communications import Communication, Part
from hub.model.reviews import Approval, HeldEvent, HeldState
from hub.operations.communications.cost import planned_cost
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.planning import READY, RunDry, Texts, begun, digest_of
from hub.operations.communications.reviews import Reviews, tell
from hub.operations.communications.shown import LEAVES, addressed, sent_by, shown_of
from hub.policy.prices import PricePolicy
from hub.policy.review import ReviewPolicy
from hub.ports import AuditStore, Now, Publisher
from hub.storage import PostgresCommunications, PostgresHeldEvents
from hub.storage.communication_drafts import StoredPlan

AT_ONCE: Final = 20
FORGOTTEN: Final = timedelta(days=30)
"""After which an event that nobody releases is refused."""
_REFUSED: Final = "a person of the company has reviewed it and not released it: {reason}"
_FORGOTTEN: Final = "nobody of the company has released it within 30 days"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWork:
    """The timers' hands: `keep` is called again and again."""

    store: PostgresCommunications
    held: PostgresHeldEvents
    reviewing: Reviews
    publisher: Publisher
    audit: AuditStore
    run_dry: RunDry
    texts: Texts
    policy: ReviewPolicy
    prices: PricePolicy
    now: Now

    async def keep(self) -> bool:
        """Do what is due; true if there may be more. Raises Unavailable."""
        now = self.now()
        if lapsed := await self.reviewing.approvals.lapse(now):
            log.info("reviews.lapsed", communications=list(map(str, lapsed)))
        await self.held.expire(now - FORGOTTEN, now)
        await self.held.withdraw(now)
        unasked = await self.held.unasked(AT_ONCE)
        for held in unasked:
            with suppress(ChangedDraft):  # it was decided meanwhile
                await self._ask(held)
        settled = await self.held.settle_some(AT_ONCE, self._settle, now)
        untold = await self.reviewing.approvals.untold(AT_ONCE)
        for asked in untold:
            if (row := await self.store.find(asked.communication, None, HUB)) is not None:
                await tell(asked, row, self.reviewing, self.publisher)
            await self.reviewing.approvals.told(asked, now)
        return AT_ONCE in {len(unasked), settled, len(untold)}

    async def _ask(self, held: HeldEvent) -> None:
        """Plan a held event, so that its approver sees what it would do, and ask for its release."""
        row = await self.store.find(held.communication, None, HUB)
        if row is None:
            return
        now, event = self.now(), decode(held.body, held.content_type, held.headers)
        plan = await self._plan(row, held, await self._tried(event))
        people = plan.people or 0
        asked = Approval(
            communication=row.id,
            asked_at=now,
            asked_by=row.by,
            asked_person=None,
            approver=None,
            plan=plan.id,
            digest=plan.digest or b"",
            people=people,
            senior=self.policy.needs_senior(kind_of(row.kind).type, people),
            ends_at=now + self.policy.ends_after,
        )
        await self.reviewing.approvals.ask_again(asked)

    async def _tried(self, event: Event) -> Sequence[DryRun]:
        by = Actor(who=HUB, notes=self.audit, now=self.now())
        try:
            return [await self.run_dry(by, [event], everybody=True, at=self.now())]
        except TooLarge:
            log.warning("review.too_large", event_id=event.id)
            return []

    async def _plan(self, row: Communication, held: HeldEvent, runs: Sequence[DryRun]) -> StoredPlan:
        place = row.places[0] if row.places else ""
        bound = {"sha256": held.content.hex()}
        part = Part(part=0, place=place, event_id=held.event_id, data=bound, chosen=False)
        shown = shown_of(runs, people=max(held.people, addressed(runs)), places=row.places or [])
        shown = replace(shown, cost=planned_cost(sent_by(runs), self.prices, leaves=LEAVES, providers={}))
        plan = replace(
            begun(row, self.now()),
            digest=digest_of(row, [part], [], texts=self.texts(row.kind)),
            people=shown.people,
            shown=msgspec.to_builtins(shown),
        )
        await self.store.begin_plan(row, plan, [part], [])
        await self.store.end_plan(replace(plan, state=READY))
        await self.held.name_key(plan.id, held.key)
        return plan

    async def _settle(self, held: HeldEvent) -> DeadLetter | None:
        """Publish an event as it came, in its sender's name; or tell its publisher that it was refused."""
        if not held.body:  # erased
            return None
        if held.state is HeldState.RELEASED:
            await self.publisher.replay(dead_letter(held.as_raw(), InvalidEvent("")))
            return None
        why = _REFUSED.format(reason=held.reason) if held.reason else _FORGOTTEN
        letter = dead_letter(held.as_raw(), InvalidEvent(why), proven=True)
        await self.publisher.notify([rejection(letter, self.now())])
        return letter
