"""Inside the transaction: directory first, then who is meant, then rows, consents, messages and clocks."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from uuid import UUID

from hub import sla
from hub.contact_rules.consents import consents_of
from hub.intake.commit_result import CommitResult
from hub.intake.decode import IntakeContext, is_directory
from hub.intake.reminders import end_reminders
from hub.intake.resolved_audience import PlannedAudience, as_planned, expansions, plan, record, resolve
from hub.intake.unreached import find_unreached
from hub.messages.appointments import waiting
from hub.messages.planning.plan import is_recorded_only
from hub.model import (
    THREAD,
    TOLD_BY_ANOTHER,
    AudienceRecord,
    Clock,
    Event,
    EventType,
    LeftOut,
    Message,
    Party,
    StoredEvent,
)
from hub.people.audience import PLACE, Parties, parties_of, party_words
from hub.ports import IntakeTransaction


async def plan_in(
    transaction: IntakeTransaction, events: Mapping[UUID, Event], *, context: IntakeContext, now: datetime
) -> CommitResult:
    """Write everything that these events (by their keys) mean; answer what is left after the commit."""
    directory = [event for event in events.values() if is_directory(event)]
    if directory:
        await transaction.apply_directory(directory)
    units = await _units(transaction, events)
    stored = _stored(events, units, context)
    histories = await _lock(transaction, stored, context)
    parties, released = await _parties(transaction, stored, context)
    placed = {event.key: _placed(event, parties) for event in [*stored, *released]}
    meant = {key: resolve(event, context.catalog[event.event.name], parties) for key, event in placed.items()}
    planned = {key: as_planned(event, meant[key]) for key, event in placed.items()}

    new = await transaction.add_events([planned[event.key] for event in stored])
    added = [event for event in stored if event.key in new]
    fresh = {event.key: meant[event.key] for event in [*added, *released]}
    # Before anybody is looked up: an audience of the same batch asks for them.
    await _add_consents(transaction, added)
    taken = CommitResult()
    await _place(transaction, released, planned)
    records = await _add_messages(transaction, [*chain(*fresh.values())], taken, context=context, now=now)
    current = [planned[key] for key in fresh]
    taken.unreached = find_unreached(
        current, units=units, places=new, records=records, messages=taken.messages
    )
    if taken.unreached:
        await transaction.add_unreached(taken.unreached)
    await _mark_planned(transaction, [planned[event.key] for event in released])
    await _again(transaction, {key: meant[key] for key in meant if key not in fresh}, taken)
    taken.broad += chain(*map(expansions, fresh.values()))
    _enter(histories, added)
    await end_reminders(transaction, histories, context)
    taken.clocks = await _clocks(transaction, stored, histories, context=context, now=now)
    return taken


async def _add_consents(transaction: IntakeTransaction, added: Iterable[StoredEvent]) -> None:
    said = [consent for stored in added for consent in consents_of(stored.event, stored.key)]
    if said:
        await transaction.add_consents(said)


async def _place(
    transaction: IntakeTransaction, released: Sequence[StoredEvent], planned: Mapping[UUID, StoredEvent]
) -> None:
    """An event that waited for its case is where that is, and so are its messages, which are added next."""
    placed = [
        planned[event.key]
        for event in released
        if event.copropiedad_id is None and planned[event.key].copropiedad_id is not None
    ]
    if placed:
        await transaction.place_events(placed)


async def _mark_planned(transaction: IntakeTransaction, released: Sequence[StoredEvent]) -> None:
    """An event that waited for a party, and need not wait any more, is planned now."""
    done = [event.key for event in released if event.planned]
    if done:
        await transaction.mark_planned(done)


async def _units(transaction: IntakeTransaction, events: Mapping[UUID, Event]) -> Mapping[str, str]:
    """Answer the units that these events name and the directory has, each with its copropiedad."""
    units = {unit for event in events.values() if (unit := event.data.get("unit_id"))}
    return await transaction.places(units) if units else {}


def _stored(
    events: Mapping[UUID, Event], units: Mapping[str, str], context: IntakeContext
) -> list[StoredEvent]:
    """Find out where each event happens: its copropiedad is named, or is its unit's."""
    return [
        StoredEvent(
            key=key,
            event=event,
            case=case_key(context.catalog[event.name], event),
            copropiedad_id=event.data.get("copropiedad_id") or units.get(event.data.get("unit_id", "")),
            unit_id=event.data.get("unit_id"),
        )
        for key, event in events.items()
    ]


def case_key(kind: EventType, event: Event) -> str | None:
    """Make the key that ties the events of one case together: `pqrs_id:PQ-2026-000123`."""
    value = event.data.get(kind.case)
    if value is None:
        return None
    # A thread that is named as a case is that case: a reply about it, and the answer to the reply.
    return value if kind.case == THREAD and ":" in value else f"{kind.realm}{kind.case}:{value}"


async def _lock(
    transaction: IntakeTransaction, stored: Sequence[StoredEvent], context: IntakeContext
) -> dict[str, list[StoredEvent]]:
    """
    Lock the cases of these events and answer what happened in them so far.

    Before anybody is looked up: of two transactions, one with the event that names a party and one
    with an event that asks for it, the second must see the first, or the event waits for ever.
    """
    cases = {one.case for one in stored if one.case is not None and _concerns_case(one, context)}
    histories = await transaction.case_events(cases) if cases else {}
    return {case: list(histories.get(case, ())) for case in cases}


def _concerns_case(stored: StoredEvent, context: IntakeContext) -> bool:
    """Tell whether the event moves clocks or reminders of its case, or speaks to people whom it knows."""
    kind = context.catalog[stored.event.name]
    reminds = bool(kind.reminders) or kind.ends_reminders
    return reminds or bool(sla.moves_of(kind, stored.event)) or any(map(party_words, kind.audiences))


def _enter(histories: Mapping[str, list[StoredEvent]], new: Iterable[StoredEvent]) -> None:
    for one in new:
        if one.case is not None and one.case in histories:
            histories[one.case].append(one)


async def _parties(
    transaction: IntakeTransaction, stored: Sequence[StoredEvent], context: IntakeContext
) -> tuple[Parties, Sequence[StoredEvent]]:
    """Answer who is known in the cases of a batch, and the events that came before that was said."""
    named: list[Party] = [
        party for one in stored for party in parties_of(one, context.catalog[one.event.name])
    ]
    if named:
        await transaction.add_parties(named)
    new = {party.case for party in named if party.who != PLACE}
    early = await transaction.waiting_events(new) if new else []
    # What an older or newer hub took in is left to it.
    released = [one for one in early if one.event.name in context.catalog]
    cases = {one.case for one in stored if one.case is not None and _asks(one, context)}
    cases |= {one.case for one in released if one.case is not None}
    return await transaction.parties(cases) if cases else {}, released


def _asks(stored: StoredEvent, context: IntakeContext) -> bool:
    """Tell whether the case may know something of the event that it does not say itself."""
    audiences = context.catalog[stored.event.name].audiences
    silent = any(word not in stored.event.data for audience in audiences for word in party_words(audience))
    return silent or (bool(audiences) and stored.copropiedad_id is None)


def _placed(stored: StoredEvent, parties: Parties) -> StoredEvent:
    """Give an event that does not say where it happens the place of its case."""
    place = parties.get((stored.case or "", PLACE))
    if place is None:
        return stored
    return replace(
        stored,
        copropiedad_id=stored.copropiedad_id or place.get("copropiedad_id"),
        unit_id=stored.unit_id or place.get("unit_id"),
    )


async def _add_messages(
    transaction: IntakeTransaction,
    fresh: Sequence[PlannedAudience],
    taken: CommitResult,
    *,
    context: IntakeContext,
    now: datetime,
) -> Sequence[AudienceRecord]:
    groups = {group for audience in fresh for group in audience.looked_up}
    people = await transaction.people(groups) if groups else {}
    # A person of two audiences of one event has the first one's message: they share their id.
    messages: dict[UUID, Message] = {}
    records: list[AudienceRecord] = []
    for audience in fresh:
        planned = plan(audience, people, context=context, now=now)
        records.append(record(planned, doubled=_doubled(planned.messages, messages), now=now))
        messages.update((message.id, message) for message in planned.messages if message.id not in messages)
    if messages:
        await transaction.add_messages(list(messages.values()))
    if records:
        await transaction.keep_audiences(records)
    taken.messages += messages.values()
    taken.later += waiting(messages.values())
    return records


def _doubled(messages: Sequence[Message], known: Container[UUID]) -> list[LeftOut]:
    """Answer those to whom another audience says everything already."""
    told = {message.person for message in messages if message.id not in known}
    doubled = dict.fromkeys(message.person for message in messages if message.person not in told)
    return [LeftOut(person=person, reason=TOLD_BY_ANOTHER) for person in doubled]


async def _again(
    transaction: IntakeTransaction, duplicates: Mapping[UUID, Sequence[PlannedAudience]], taken: CommitResult
) -> None:
    """
    A duplicate creates nothing: tickets for what is still queued, and an expansion that was cut short.

    Its publisher is told again where it does not reach all: the first time may have ended before that.
    """
    if not duplicates:
        return
    taken.messages += await transaction.queued_messages(duplicates)
    taken.unreached += await transaction.unreached(duplicates)
    unplanned = await transaction.unplanned(duplicates)
    taken.broad += chain(
        *(expansions(audiences) for key, audiences in duplicates.items() if key in unplanned)
    )


async def _clocks(
    transaction: IntakeTransaction,
    stored: Sequence[StoredEvent],
    histories: Mapping[str, Sequence[StoredEvent]],
    *,
    context: IntakeContext,
    now: datetime,
) -> list[Clock]:
    """Replay the cases whose clocks these events move, under the lock of each case."""
    cases = {
        one.case
        for one in stored
        if one.case is not None and sla.moves_of(context.catalog[one.event.name], one.event)
    }
    if not cases:
        return []
    replayed = [
        clock
        for case in cases
        for clock in sla.replay(
            case, (one.event for one in histories[case]), context.catalog, context.rules.policy
        )
    ]
    standing = await transaction.clocks(cases)
    quiet = {stored.key for case in cases for stored in histories[case] if is_recorded_only(stored.event)}
    imported = {clock.id for clock in replayed if clock.opened_by in quiet} - {clock.id for clock in standing}
    replayed = [sla.skip_past(clock, now) if clock.id in imported else clock for clock in replayed]
    clocks = sla.reconcile(replayed, standing, context.rules.policy)
    await transaction.save_clocks(clocks)
    return clocks
