"""Parties of the cases of a batch, and events that waited for them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.intake.decode import IntakeContext
from hub.model import Party, StoredEvent
from hub.people.audience import PLACE, ZONES, Parties, parties_of
from hub.ports import IntakeTransaction


async def known_parties(
    transaction: IntakeTransaction, stored: Sequence[StoredEvent], context: IntakeContext
) -> tuple[Parties, Sequence[StoredEvent]]:
    """Return the known parties of the cases of a batch, and the events that waited for parties it names."""
    named: list[Party] = [
        party
        for row in stored
        if context.needs[row.event.type].names_parties
        for party in parties_of(row, context.kinds[row.event.type])
    ]
    if named:
        await transaction.add_parties(named)
    new = {party.case for party in named if party.who != PLACE}
    early = await transaction.waiting_events(new) if new else []
    # An event type that only an older or newer hub knows is left to that hub.
    released = [row for row in early if row.event.name in context.catalog]
    cases = {row.case for row in stored if row.case is not None and _needs_case(row, context)}
    cases |= {row.case for row in released if row.case is not None}
    return await transaction.parties(cases) if cases else {}, released


def with_place(stored: StoredEvent, parties: Parties) -> StoredEvent:
    """Give an event without a place the place of its case."""
    place = parties.get((stored.case or "", PLACE))
    if place is None:
        return stored
    return replace(
        stored,
        copropiedad_id=stored.copropiedad_id or place.get("copropiedad_id"),
        unit_id=stored.unit_id or place.get("unit_id"),
    )


def _needs_case(stored: StoredEvent, context: IntakeContext) -> bool:
    """Return whether the event lacks a party, a place or its towers, which its case may know."""
    needs = context.needs[stored.event.type]
    if needs.audiences and stored.copropiedad_id is None:
        return True
    if needs.towers and not stored.event.data.get(ZONES):
        return True
    return any(word not in stored.event.data for word in needs.parties) if needs.parties else False
