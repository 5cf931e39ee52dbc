"""
Dry run of events, by the planner, the rules and the clocks of the hub itself; nothing of it remains.

    events ▸ ONE transaction, as intake's ▸ audiences expanded ▸ messages claimed and judged, as a worker's
    ▸ rolled back ▸ texts ▸ the answer
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, cast
from uuid import UUID

from hub.access.actor import Actor
from hub.errors import InvalidEvent, StorageConflict, StorageRefused, TooLarge
from hub.intake.commit import CONFLICT_TRIES, for_the_publisher
from hub.intake.decode import IntakeContext
from hub.intake.dry_run_answer import Measure, answer
from hub.intake.dry_run_record import Planned, PlanRecord
from hub.intake.dry_run_schemas import DryRun, DryRunRefused
from hub.intake.pages import expand
from hub.intake.planner import plan_in
from hub.messages.delivery.decisions import blocking_outcome
from hub.model import Claimed, Event, Message, Outcome, Rendered, State
from hub.model.ids import event_key
from hub.ports import DryRunStore, DryRunTransaction, IntakeTransaction, Now

MOST_EVENTS: Final = 100
LONGEST: Final = 25.0
"""Seconds: it holds locks of the cases and of the directory's entries that its events name."""
_TOO_LONG: Final = "A dry run of this takes too long: try fewer events at a time, or a smaller audience."

Render = Callable[[Claimed], Rendered]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunDeps:
    """
    `render` makes a message's text without links that act for its recipient. One runs at a time.

    With `measure` everybody is listed, and text messages have their parts.
    """

    context: IntakeContext
    store: DryRunStore
    render: Render
    now: Now
    measure: Measure | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


async def dry_run(by: Actor, events: Sequence[Event], *, deps: DryRunDeps, everybody: bool) -> DryRun:
    """
    Return what these events, which are valid, would do if they came now, together.

    Without `everybody` only people whom the events name are listed; the others are counted. Raises TooLarge,
    StorageUnavailable.
    """
    keyed = {event_key(event): event for event in events}
    places = {event_key(event): place for place, event in reversed(list(enumerate(events)))}
    try:
        async with asyncio.timeout(LONGEST), deps.turn:
            planned, errors = await _halving(keyed, deps)
    except TimeoutError:
        raise TooLarge(_TOO_LONG) from None
    # Rendering takes a millisecond a text: other requests must not wait for all of them.
    refused = [_refused(keyed[key], places[key], error) for key, error in errors.items()]
    run = await asyncio.to_thread(
        answer,
        planned,
        refused,
        context=deps.context,
        render=deps.render,
        everybody=everybody,
        measure=deps.measure,
    )
    # The names are masked and may be many: the audit has the question, not each row.
    people = sum(len(event.recipients) for event in run.events)
    await by.note("event.dry_run", "events", events=len(events), found=people)
    return run


async def _halving(
    events: Mapping[UUID, Event], deps: DryRunDeps
) -> tuple[list[Planned], dict[UUID, InvalidEvent]]:
    """Find an event with a value that the database refuses, as intake does."""
    try:
        return [await _until_no_conflict(events, deps)] if events else [], {}
    except StorageRefused as exc:
        if len(events) == 1:
            return [], dict.fromkeys(events, for_the_publisher(exc))
    items, middle = list(events.items()), len(events) // 2
    first, second = [await _halving(dict(half), deps) for half in (items[:middle], items[middle:])]
    return first[0] + second[0], first[1] | second[1]


def _refused(event: Event, place: int, error: InvalidEvent) -> DryRunRefused:
    return DryRunRefused(
        index=place, reason=error.reason, field=error.field, event_id=event.id, source=event.source
    )


async def _until_no_conflict(events: Mapping[UUID, Event], deps: DryRunDeps) -> Planned:
    for _ in range(CONFLICT_TRIES - 1):
        try:
            return await _plan(events, deps)
        except StorageConflict:
            continue
    return await _plan(events, deps)


async def _plan(events: Mapping[UUID, Event], deps: DryRunDeps) -> Planned:
    context, now = deps.context, deps.now()
    async with deps.store.dry_run() as transaction:
        noted = PlanRecord(transaction)
        open_transaction = cast("IntakeTransaction", noted)
        result = await plan_in(open_transaction, events, context=context, now=now)
        unreached = list(result.unreached)
        for audience in result.broad:
            async for page in expand(audience, context=context, store=_Open(open_transaction), now=deps.now):
                unreached += page.unreached
        claimed = await _claimed(transaction, noted)
    judged = {given.message.id: _judged(given, noted.planned[given.message.id], deps) for given in claimed}
    return Planned(
        events=events,
        at=now,
        noted=noted,
        unreached=unreached,
        claimed={given.message.id: given for given in claimed},
        judged={key: outcome for key, outcome in judged.items() if outcome is not None},
    )


async def _claimed(transaction: DryRunTransaction, noted: PlanRecord) -> Sequence[Claimed]:
    waiting = {State.QUEUED, State.HELD}
    return await transaction.claim([key for key in noted.stored if noted.planned[key].state in waiting])


def _judged(claimed: Claimed, planned: Message, deps: DryRunDeps) -> Outcome | None:
    """Ask the rules of delivery, for the instant at which the message would leave."""
    at = planned.next_at or deps.now()
    return blocking_outcome(claimed, policy=deps.context.rules.policy, now=at)


@dataclass(frozen=True, slots=True)
class _Open:
    """An IntakeStore whose transactions are all the same one, which somebody else ends."""

    opened: IntakeTransaction

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[IntakeTransaction]:
        yield self.opened
