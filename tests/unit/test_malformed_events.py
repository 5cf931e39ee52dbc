"""Any input is stored, or a dead letter with a reason; each event in the lane of its type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from hub.cloudevents import decode, encode
from hub.errors import BrokerUnavailable, InvalidEvent
from hub.model import Lane, RawMessage
from tests.malformed import THROWN, Thrown
from tests.unit.factories import DESK, MONDAY, arrived, event, incoming
from tests.unit.hub_in_memory import MemoryHub, memory_hub

NEIGHBOUR = {"name": "Ana Mesa", "email": "ana@example.co"}
"""Not a person of the directory: a generated event may be valid, and change the address of one."""
GOOD = event("pqrs.received", {"pqrs_id": "good", "petitioner": NEIGHBOUR}, id="good")


@settings(max_examples=300, deadline=None)
@given(st.lists(THROWN, min_size=1, max_size=4))
async def test_any_input_is_an_event_or_a_dead_letter_with_a_reason(thrown: list[Thrown]) -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(*map(broken, thrown), GOOD)
    reasons = [letter.letter.reason for letter in hub.letters]
    kept = {(row.letter.body, row.letter.routing_key) for row in hub.letters}
    events = {(row.event.source, row.event.id) for row in hub.store.tables.events.values()}

    assert all(reasons)
    assert [] == [
        item for item in thrown if (item.body, item.key) not in kept and identity(item) not in events
    ]
    # One message per channel: a generated event may have added the petitioner to the directory.
    assert 1 == len([channel for _, channel in hub.recipients(GOOD) if channel == "email"])


def identity(thrown: Thrown) -> tuple[str, str] | None:
    try:
        event = decode(thrown.body, thrown.content_type, thrown.headers)
    except InvalidEvent:
        return None
    return event.source, event.id


def broken(thrown: Thrown) -> RawMessage:
    return RawMessage(
        body=thrown.body,
        content_type=thrown.content_type,
        headers=thrown.headers,
        routing_key=thrown.key,
        received_at=MONDAY,
    )


PAYMENT = event("admin.payment.received")
EMERGENCY = event("emergency.declared")
INVOICE = event("admin.invoice.issued")


def hub_of(lane: Lane | None) -> MemoryHub:
    hub = memory_hub(MONDAY)
    hub.context = replace(DESK, lane=lane)
    return hub


async def test_a_payment_under_the_key_of_an_emergency_goes_to_its_own_lane() -> None:
    hub = hub_of(Lane.URGENT)
    forged = structs.replace(incoming(PAYMENT), routing_key=EMERGENCY.name, user="crm")
    await hub.take_in(forged, EMERGENCY)

    assert [EMERGENCY.id] == [stored.event.id for stored in hub.store.tables.events.values()]
    assert [(Lane.NORMAL, PAYMENT, "crm")] == hub.publisher.moved


async def test_a_batch_of_other_lanes_alone_needs_no_transaction() -> None:
    hub = hub_of(Lane.URGENT)
    hub.store.faults.always("transaction", AssertionError("a transaction was begun"))
    await hub.take_in(PAYMENT, INVOICE)

    assert [(Lane.NORMAL, PAYMENT, None), (Lane.BULK, INVOICE, None)] == hub.publisher.moved


@pytest.mark.parametrize("lane", Lane)
async def test_each_event_is_handled_in_one_lane_only(lane: Lane) -> None:
    hub = hub_of(lane)
    await hub.take_in(PAYMENT, EMERGENCY, INVOICE)

    handled = {stored.event.id for stored in hub.store.tables.events.values()}
    moved = {moved.id for _, moved, _ in hub.publisher.moved}
    assert (1, 2) == (len(handled), len(moved))
    assert lane not in {place for place, _, _ in hub.publisher.moved}
    assert {PAYMENT.id, EMERGENCY.id, INVOICE.id} == handled | moved


async def test_an_event_that_is_refused_is_a_dead_letter_where_it_came() -> None:
    hub = hub_of(Lane.URGENT)
    wrong = event("admin.payment.received", without=("unit_id",))
    await hub.take_in(arrived(encode(wrong), routing_key=EMERGENCY.name))

    assert [EMERGENCY.name] == [row.letter.routing_key for row in hub.letters]
    assert [] == hub.publisher.moved


async def test_nothing_is_acknowledged_that_could_not_be_moved() -> None:
    hub = hub_of(Lane.URGENT)
    hub.publisher.faults.script("move", BrokerUnavailable("away"))

    with pytest.raises(BrokerUnavailable):
        await hub.take_in(PAYMENT, EMERGENCY)
    await hub.take_in(PAYMENT, EMERGENCY)

    assert [(Lane.NORMAL, PAYMENT, None)] == hub.publisher.moved
    assert 1 == len(hub.store.tables.events)


async def test_a_canary_that_has_lost_its_way_is_no_dead_letter() -> None:
    hub = hub_of(Lane.NORMAL)
    await hub.take_in(arrived(b"", routing_key="hub.canary.1"), PAYMENT)

    assert [] == hub.letters
    assert 1 == len(hub.store.tables.events)


@pytest.mark.parametrize(("body", "key"), [(b"", "pqrs.received"), (b"{}", "hub.canary.1")])
async def test_nothing_else_passes_for_a_canary(body: bytes, key: str) -> None:
    hub = hub_of(Lane.NORMAL)
    await hub.take_in(arrived(body, routing_key=key))

    assert 1 == len(hub.letters)
