"""
Review of events of other systems: above some people, those of the policy's sources wait for a release.

They are held before anything is planned of them. Once one is published again it is the same event as ever:
its bytes and its sender do not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog

from hub.errors import InvalidEvent, RefusedEvents
from hub.intake.decode import Batch, IntakeContext, of_known_id
from hub.intake.planner import stored_of, units_of
from hub.intake.resolved_audience import PlannedAudience, resolve
from hub.model import Event, Person, RawMessage, StoredEvent
from hub.model.reviews import HeldState, NewHeldEvent, communication_of, content_of
from hub.people.audience import Unknown
from hub.ports import IntakeTransaction

log = structlog.get_logger()


async def hold_back(
    transaction: IntakeTransaction, batch: Batch, *, context: IntakeContext, now: datetime
) -> frozenset[UUID]:
    """
    Hold the events of a batch that wait for a release; return their keys, with those that waited before.

    Raises RefusedEvents for other content under an id that waits, or has waited.
    """
    asked = {key: event for key, (event, _) in batch.events.items() if _waits_for_many(event, context)}
    if not asked:
        return frozenset()
    before = {(one.source, one.event_id): one for one in await transaction.known_held(asked)}
    contents = {names: one.content for names, one in before.items()}
    new: dict[UUID, Event] = {}
    changed: dict[UUID, InvalidEvent] = {}
    for key, event in asked.items():
        if _names(event) not in contents:
            new[key] = event
        if contents.setdefault(_names(event), content_of(event)) not in {None, content_of(event)}:
            changed[key] = of_known_id()
    if changed:
        raise RefusedEvents(changed, frozenset())
    held = await _held(transaction, new, batch, context, now) if new else []
    if held:
        await transaction.hold(held)
        log.info("events.held", events=[one.event_id for one in held])
    waiting = {(one.source, one.event_id) for one in held}
    waiting |= {names for names, one in before.items() if one.state is not HeldState.RELEASED}
    return frozenset(key for key, event in asked.items() if _names(event) in waiting)


def _names(event: Event) -> tuple[str, str]:
    return event.source, event.id


def _waits_for_many(event: Event, context: IntakeContext) -> bool:
    """Return whether this event is reviewed if it is for many people."""
    if event.source not in context.reviewed:
        return False
    kind = context.kinds[event.type]
    return bool(kind.audiences) and context.rules.policy.review.limit(kind) is not None


async def _held(
    transaction: IntakeTransaction,
    new: Mapping[UUID, Event],
    batch: Batch,
    context: IntakeContext,
    now: datetime,
) -> list[NewHeldEvent]:
    found = []
    for stored in stored_of(new, await units_of(transaction, new), context):
        limit = context.rules.policy.review.limit(context.kinds[stored.event.type]) or 0
        people = await _count(transaction, stored, context, limit)
        if people > limit:
            found.append(_new(stored, batch.events[stored.key][1], people, now))
    return found


async def _count(
    transaction: IntakeTransaction, stored: StoredEvent, context: IntakeContext, limit: int
) -> int:
    """Count the people of an event who are no staff, as far as one above the limit."""
    kind, refs = context.kinds[stored.event.type], set[str]()
    for audience in resolve(stored, kind, {}, context.operators):
        if len(refs) <= limit and not kind.audiences[audience.number].is_staff:
            refs |= await _members(transaction, audience, limit + 1)
    return len(refs)


async def _members(transaction: IntakeTransaction, audience: PlannedAudience, most: int) -> set[str]:
    """Return refs of an audience: all of the few that it names, and up to `most` of each broad group."""
    named = {one.ref for one in audience.addressees if isinstance(one, Person)}
    unknown = {f"?{one.who}" for one in audience.addressees if isinstance(one, Unknown)}
    looked_up = await transaction.people(set(audience.looked_up)) if audience.looked_up else {}
    found = {person.ref for people in looked_up.values() for person in people}
    for group in audience.broad:
        found |= {person.ref for person in await transaction.people_page(group, "", most)}
    return named | unknown | found


def _new(stored: StoredEvent, raw: RawMessage, people: int, now: datetime) -> NewHeldEvent:
    event, title = stored.event, stored.event.data.get("title")
    return NewHeldEvent(
        source=event.source,
        event_id=event.id,
        key=stored.key,
        content=content_of(event),
        communication=communication_of(event),
        people=people,
        state=HeldState.HELD,
        reason=None,
        received_at=now,
        sender=raw.user,
        routing_key=raw.routing_key,
        content_type=raw.content_type,
        headers=raw.headers,
        body=raw.body,
        kind=event.name,
        title=title if isinstance(title, str) else "",
        place=stored.copropiedad_id,
        by=raw.caller or raw.user or event.source,
    )
