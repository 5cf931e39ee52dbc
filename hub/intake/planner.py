"""Inside the transaction: directory first, then who is meant, then rows, consents, messages and clocks."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hub import sla
from hub.contact_rules.consents import consents_of
from hub.intake.commit_result import Broad, CommitResult, waiting
from hub.intake.decode import IntakeContext, is_directory
from hub.intake.reminders import end_reminders
from hub.intake.resolved_audience import Meant, record, silent, spoken
from hub.intake.unreached import find_unreached
from hub.messages.planning.plan import is_quiet
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
from hub.people.audience import PLACE, Group, Parties, addressees, merge_groups, parties_of, party_words
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
    meant = {one.key: _meant(one, context, parties) for one in [*stored, *released]}

    new = await transaction.add_events([meant[one.key].stored for one in stored])
    late = {one.key for one in released}
    # Before anybody is looked up: an audience of the same batch asks for them.
    said = [one for each in stored if each.key in new for one in consents_of(each.event, each.key)]
    if said:
        await transaction.add_consents(said)
    taken = CommitResult()
    fresh = [one for key, one in meant.items() if key in new or key in late]
    await _place(transaction, released, meant)
    records = await _add_messages(transaction, fresh, taken, context=context, now=now)
    taken.unreached = find_unreached(fresh, units=units, places=new, records=records, messages=taken.messages)
    if taken.unreached:
        await transaction.add_unreached(taken.unreached)
    await _mark_planned(transaction, [one for one in fresh if one.stored.key in late])
    await _again(transaction, [one for key, one in meant.items() if key not in new.keys() | late], taken)
    taken.broad += [broad for one in fresh for broad in _expansions(one)]
    _enter(histories, (one for one in stored if one.key in new))
    await end_reminders(transaction, histories, context)
    taken.clocks = await _clocks(transaction, stored, histories, context=context, now=now)
    return taken


async def _place(
    transaction: IntakeTransaction, released: Sequence[StoredEvent], meant: Mapping[UUID, Meant]
) -> None:
    """An event that waited for its case is where that is, and so are its messages, which are added next."""
    placed = [
        meant[one.key].stored
        for one in released
        if one.copropiedad_id is None and meant[one.key].stored.copropiedad_id is not None
    ]
    if placed:
        await transaction.place_events(placed)


async def _mark_planned(transaction: IntakeTransaction, released: Sequence[Meant]) -> None:
    """An event that waited for a party, and need not wait any more, is planned now."""
    done = [one.stored.key for one in released if one.stored.planned]
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


def _meant(stored: StoredEvent, context: IntakeContext, parties: Parties) -> Meant:
    stored = _placed(stored, parties)
    kind = context.catalog[stored.event.name]
    if is_quiet(stored.event):
        return Meant(stored=stored, kind=kind, audiences=())
    audiences = tuple(
        tuple(merge_groups(addressees(audience, stored, parties))) for audience in kind.audiences
    )
    meant = Meant(stored=stored, kind=kind, audiences=audiences)
    unfinished = meant.waiting or bool(meant.broad)
    return replace(meant, stored=replace(stored, planned=not unfinished, waiting=meant.waiting))


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
    fresh: Sequence[Meant],
    taken: CommitResult,
    *,
    context: IntakeContext,
    now: datetime,
) -> Sequence[AudienceRecord]:
    groups = {
        one
        for meant in fresh
        for audience in meant.audiences
        for one in audience
        if isinstance(one, Group) and not one.broad
    }
    people = await transaction.people(groups) if groups else {}
    # A person of two audiences of one event has the first one's message: they share their id.
    messages: dict[UUID, Message] = {}
    records: list[AudienceRecord] = []
    for meant in fresh:
        records += silent(meant, now)
        for one in spoken(meant, people, context=context, now=now):
            records.append(record(meant, one, doubled=_doubled(one.messages, messages), now=now))
            messages.update((message.id, message) for message in one.messages if message.id not in messages)
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


def _expansions(meant: Meant) -> list[Broad]:
    broad = meant.broad
    return [
        Broad(
            stored=meant.stored,
            kind=meant.kind,
            audience=number,
            groups=groups,
            last=position == len(broad) - 1 and not meant.waiting,
        )
        for position, (number, groups) in enumerate(broad)
    ]


async def _again(transaction: IntakeTransaction, duplicates: Sequence[Meant], taken: CommitResult) -> None:
    """
    A duplicate creates nothing: tickets for what is still queued, and an expansion that was cut short.

    Its publisher is told again where it does not reach all: the first time may have ended before that.
    """
    if not duplicates:
        return
    keys = [duplicate.stored.key for duplicate in duplicates]
    taken.messages += await transaction.queued_messages(keys)
    taken.unreached += await transaction.unreached(keys)
    unplanned = await transaction.unplanned(keys)
    taken.broad += [broad for one in duplicates if one.stored.key in unplanned for broad in _expansions(one)]


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
    quiet = {stored.key for case in cases for stored in histories[case] if is_quiet(stored.event)}
    imported = {clock.id for clock in replayed if clock.opened_by in quiet} - {clock.id for clock in standing}
    replayed = [sla.skip_past(clock, now) if clock.id in imported else clock for clock in replayed]
    clocks = sla.reconcile(replayed, standing, context.rules.policy)
    await transaction.save_clocks(clocks)
    return clocks
