"""Planner of a transaction: directory, then audiences, then rows, consents, messages and clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.contact_rules.consents import SAID_AT, consents_of
from hub.intake import cases
from hub.intake.case_parties import known_parties, with_place
from hub.intake.commit_result import CommitResult
from hub.intake.conversations import with_filings
from hub.intake.decode import IntakeContext, is_directory
from hub.intake.recalls import recalls_of
from hub.intake.resolved_audience import (
    PlannedAudience,
    as_planned,
    expansions,
    is_empty,
    mark_recalled,
    plan,
    record,
    resolve,
)
from hub.intake.unreached import again, find_unreached, late, stale
from hub.messages.appointments import waiting
from hub.messages.planning.documents import request_of
from hub.messages.planning.posters import posters_of
from hub.model import (
    TOLD_BY_ANOTHER,
    AudienceRecord,
    Event,
    LeftOut,
    Message,
    StoredEvent,
    is_hub_source,
)
from hub.model.posters import PosterRequest
from hub.people.audience import Parties
from hub.ports import IntakeTransaction

AT_A_TIME: Final = 20
"""
Events or audiences planned in one go, in two milliseconds; in between, other work has its turn.

It has no right of way here: an emergency of the same case may need the locks of this transaction.
"""


async def plan_in(
    transaction: IntakeTransaction, events: Mapping[UUID, Event], *, context: IntakeContext, now: datetime
) -> CommitResult:
    """Write everything that follows from these events (by key); return what is left after the commit."""
    events = with_filings(events, context, now)
    directory = [event for event in events.values() if is_directory(event)]
    if directory:
        await transaction.apply_directory(directory)
    units = await units_of(transaction, events)
    stored = stored_of(events, units, context)
    await cases.lock(transaction, stored, context)
    parties, released = await known_parties(transaction, stored, context)
    planned = await _planned_all([*stored, *released], parties, context)
    given, released_now = planned[: len(stored)], planned[len(stored) :]

    new = await transaction.add_events([event.stored for event in given])
    added = [event for event in given if event.stored.key in new]
    owned = {key for key, row in new.items() if row.owner is not None}
    if context.with_document:
        await _ask_documents(transaction, added, context, now)
    await _ask_posters(transaction, added, parties, context, now)
    fresh = [*added, *released_now]
    # Before people are looked up: an audience of the same batch depends on the consents.
    await _add_consents(transaction, added)
    result = CommitResult()
    if owned:
        mine = [event.stored for event in added if event.stored.key in owned]
        result.of_others = {stored.key: (stored, new[stored.key]) for stored in mine}
    await _place(transaction, released, released_now)
    audiences = [audience for event in fresh for audience in event.audiences]
    empty = await _add_messages(transaction, audiences, result, context=context, now=now)
    await _mark_planned(transaction, released_now)
    recalls = recalls_of([event.stored for event in added], new)
    if recalls:
        await transaction.recall(recalls)
    if len(added) < len(given):
        known = {event.stored.key for event in fresh}
        duplicates = {event.stored.key: event.audiences for event in given if event.stored.key not in known}
        # The hub's own steps may come again with other numbers.
        foreign = {key: events[key] for key in duplicates if not is_hub_source(events[key].source)}
        result.changed = await transaction.other_content(foreign) if foreign else frozenset()
        await _resume_duplicates(transaction, duplicates, result, events)
    for event in fresh:
        result.broad += expansions(event.audiences)
    if recalls:
        result.broad = mark_recalled(result.broad, recalls)
    result.clocks = await cases.replay_cases(
        transaction, stored, new, context=context, now=now, released=released
    )
    # After the clocks: some events come so late that nobody is called for theirs.
    mine = [event.stored for event in added]
    unreached = find_unreached(
        [event.stored for event in fresh],
        units=units,
        new=new,
        empty=empty,
        stale=stale(result.clocks, mine, now, context),
        late=late(result.clocks, mine, context.rules.policy.calendar),
        messages=result.messages,
        channels=context.rules.channels,
    )
    if unreached:
        await transaction.add_unreached(unreached)
        result.unreached += unreached
    return result


class _Planned(Struct, frozen=True):
    """An event as it is stored, and its audiences."""

    stored: StoredEvent
    audiences: Sequence[PlannedAudience]


async def _planned_all(
    events: Sequence[StoredEvent], parties: Parties, context: IntakeContext
) -> list[_Planned]:
    planned = []
    for number, event in enumerate(events, 1):
        planned.append(_planned(event, parties, context))
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
    return planned


def _planned(stored: StoredEvent, parties: Parties, context: IntakeContext) -> _Planned:
    placed = with_place(stored, parties) if parties else stored
    audiences = resolve(placed, context.kinds[stored.event.type], parties, context.operators)
    return _Planned(as_planned(placed, audiences), audiences)


async def _add_consents(transaction: IntakeTransaction, added: Iterable[_Planned]) -> None:
    stored = [event.stored for event in added if event.stored.event.name in SAID_AT]
    consents = [consent for row in stored for consent in consents_of(row.event, row.key)]
    if consents:
        await transaction.add_consents(consents)


async def _ask_documents(
    transaction: IntakeTransaction, added: Sequence[_Planned], context: IntakeContext, now: datetime
) -> None:
    """Ask for the documents of these events: they are fetched while the messages are on their way."""
    asking = [event.stored for event in added if event.stored.event.type in context.with_document]
    if not asking:
        return
    rules = context.rules.policy.documents
    requests = [request_of(stored, context.kinds[stored.event.type], rules, now=now) for stored in asking]
    if found := [request for request in requests if request is not None]:
        await transaction.ask_documents(found)


async def _ask_posters(
    transaction: IntakeTransaction,
    added: Sequence[_Planned],
    parties: Parties,
    context: IntakeContext,
    now: datetime,
) -> None:
    """Ask for the posters of these events; most have none."""
    boards = context.boards
    asking = [event.stored for event in added if event.stored.event.type in boards]
    if not asking:
        return
    kinds = context.kinds
    posters: list[PosterRequest] = []
    for stored in asking:
        kind = stored.event.type
        posters += posters_of(stored, kinds[kind], boards[kind], now=now, parties=parties)
    if posters:
        await transaction.ask_posters(posters)


async def _place(
    transaction: IntakeTransaction, released: Sequence[StoredEvent], planned: Sequence[_Planned]
) -> None:
    """Store the place that released events got from their case, before their messages are added."""
    placed = [
        event.stored
        for before, event in zip(released, planned, strict=True)
        if before.copropiedad_id is None and event.stored.copropiedad_id is not None
    ]
    if placed:
        await transaction.place_events(placed)


async def _mark_planned(transaction: IntakeTransaction, released: Sequence[_Planned]) -> None:
    """Mark the released events as planned that no longer wait for a party."""
    done = [event.stored.key for event in released if event.stored.planned]
    if done:
        await transaction.mark_planned(done)


async def units_of(transaction: IntakeTransaction, events: Mapping[UUID, Event]) -> Mapping[str, str]:
    """Return unit → copropiedad for the units that these events name and the directory has."""
    units = {unit for event in events.values() if (unit := event.data.get("unit_id"))}
    return await transaction.places(units) if units else {}


def stored_of(
    events: Mapping[UUID, Event], units: Mapping[str, str], context: IntakeContext
) -> list[StoredEvent]:
    """Make the rows of these events. An event names its copropiedad, or is in that of its unit."""
    return [
        StoredEvent(
            key=key,
            event=event,
            case=context.kinds[event.type].case_of(event.data),
            copropiedad_id=event.data.get("copropiedad_id") or units.get(event.data.get("unit_id", "")),
            unit_id=event.data.get("unit_id"),
            opens=context.needs[event.type].opens,
        )
        for key, event in events.items()
    ]


async def _add_messages(
    transaction: IntakeTransaction,
    fresh: Sequence[PlannedAudience],
    result: CommitResult,
    *,
    context: IntakeContext,
    now: datetime,
) -> set[UUID]:
    """Look the people up, add their messages and records; return the events that have an empty audience."""
    groups = {group for audience in fresh for group in audience.looked_up}
    people = await transaction.people(groups) if groups else {}
    # A person in two audiences of one event gets the first one's message: both have the same id.
    messages: dict[UUID, Message] = {}
    records: list[AudienceRecord] = []
    for number, audience in enumerate(fresh, 1):
        planned = plan(audience, people, context=context, now=now)
        doubled = _doubled(planned.messages, messages) if planned.messages else ()
        records.append(record(planned, doubled=doubled, now=now))
        messages.update((message.id, message) for message in planned.messages if message.id not in messages)
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
    if messages:
        await transaction.add_messages(list(messages.values()))
    if records:
        await transaction.keep_audiences(records)
    result.messages += messages.values()
    result.later += waiting(messages.values())
    return {
        audience.stored.key
        for audience, planned in zip(fresh, records, strict=True)
        if is_empty(planned) and not audience.kind.audiences[audience.number].optional
    }


def _doubled(messages: Sequence[Message], known: Container[UUID]) -> list[LeftOut]:
    """Return the people who get all of these messages through another audience."""
    notified = {message.person for message in messages if message.id not in known}
    doubled = dict.fromkeys(message.person for message in messages if message.person not in notified)
    return [LeftOut(person=person, reason=TOLD_BY_ANOTHER) for person in doubled]


async def _resume_duplicates(
    transaction: IntakeTransaction,
    duplicates: Mapping[UUID, Sequence[PlannedAudience]],
    result: CommitResult,
    events: Mapping[UUID, Event],
) -> None:
    """
    Ticket the queued messages of duplicates, and resume their interrupted expansions; create no rows.

    Report again those that do not reach all recipients: the first try may have ended before its notice.
    """
    result.messages += await transaction.queued_messages(duplicates)
    result.unreached += again(await transaction.unreached(duplicates), events)
    unplanned = await transaction.unplanned(duplicates)
    result.broad += chain(
        *(expansions(audiences) for key, audiences in duplicates.items() if key in unplanned)
    )
