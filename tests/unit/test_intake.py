"""A batch becomes rows, tickets, clocks and appointments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from hub.cloudevents import encode
from hub.errors import BrokerUnavailable, StorageConflict, StorageUnavailable
from hub.model import HUB_SOURCE, ClockState, Lane, Purpose, State
from hub.model.ids import stranger_ref
from tests.unit.factories import (
    HOUR,
    MONDAY,
    email,
    event,
    home,
    incoming,
    member,
    mobile,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, ids, memory_hub

ALTOS = "copropiedad:ph-altos-del-rosal"
MARIA = somebody("p-maria-pena", email(), mobile())
LAURA = somebody("p-laura")
SERVICE = member("p-laura", "company", "staff", duty="service", level=1, service_area="administracion")
RECEIVED = event("pqrs.received")


async def town(hub: MemoryHub) -> None:
    await hub.take_in(MARIA, LAURA, SERVICE)


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await town(made)
    return made


async def test_an_event_becomes_messages_and_tickets_and_clocks(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED)

    assert hub.recipients(RECEIVED) == [
        ("p-laura", "inbox"),
        ("p-maria-pena", "email"),
        ("p-maria-pena", "sms"),
    ]
    assert set(hub.publisher.ticketed) == ids(hub.of(RECEIVED))
    assert hub.stored(RECEIVED).planned
    assert {clock.name: clock.state for clock in hub.store.clocks} == {
        "first_reply": ClockState.OPEN,
        "legal_term": ClockState.OPEN,
    }
    assert {f"c:{clock.id}" for clock in hub.store.clocks} == set(hub.appointments.scores)


async def test_a_message_carries_the_name_and_the_purpose_of_its_audience(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED)

    assert {(message.name, message.purpose, message.audience) for message in hub.of(RECEIVED)} == {
        ("Persona p-maria-pena", Purpose.TRANSACTIONAL, 0),
        ("Persona p-laura", Purpose.INTERNAL, 1),
    }


async def test_a_duplicate_creates_nothing_and_tickets_what_is_still_queued(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED)
    before = hub.store.tables.copy()
    sent = hub.of(RECEIVED)[0]
    hub.store.tables.messages[sent.id] = replace(
        hub.store.tables.messages[sent.id], message=structs.replace(sent, state=State.SENT)
    )
    hub.publisher.published.clear()
    await hub.take_in(RECEIVED)

    assert set(hub.publisher.ticketed) == ids(hub.of(RECEIVED)) - {sent.id}
    assert hub.store.tables.messages.keys() == before.messages.keys()
    assert (hub.store.tables.events, hub.store.tables.clocks) == (before.events, before.clocks)


async def test_repeated_event_in_one_batch_is_stored_once(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, RECEIVED)

    assert len(hub.publisher.ticketed) == len(hub.of(RECEIVED)) == 3


async def test_first_of_two_events_with_the_same_identity_wins(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, event("pqrs.received", {"subject": "otro"}))

    assert hub.stored(RECEIVED).event.data["subject"] == RECEIVED.data["subject"]


async def test_an_id_that_is_known_is_a_duplicate_also_at_another_time(hub: MemoryHub) -> None:
    later = structs.replace(RECEIVED, time=MONDAY + HOUR)
    hub.clock.advance(HOUR)
    await hub.take_in(RECEIVED)
    await hub.take_in(later)
    await hub.take_in(RECEIVED, later)

    assert len(hub.of(RECEIVED)) == 3
    assert len(hub.states("first_reply")) == 1


async def test_the_directory_of_a_batch_applies_before_its_other_events() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(RECEIVED, SERVICE, LAURA, MARIA)

    assert len(hub.recipients(RECEIVED)) == 3


async def test_unknown_reference_leaves_a_suppressed_row() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(RECEIVED)

    assert [(message.person, message.state, message.reason) for message in hub.of(RECEIVED)] == [
        ("p-maria-pena", State.SUPPRESSED, "unknown_person")
    ]
    assert hub.publisher.published == []


async def test_people_and_strangers_of_one_event_all_get_messages(hub: MemoryHub) -> None:
    both = event("pqrs.received", example=2)
    await hub.take_in(both)
    stranger = stranger_ref("sofia.ibanez@example.com", None)

    assert hub.recipients(both) == [
        (stranger, "email"),
        ("p-laura", "inbox"),
        ("p-maria-pena", "email"),
        ("p-maria-pena", "sms"),
    ]


async def test_person_in_two_audiences_gets_one_message_per_channel() -> None:
    hub = memory_hub(MONDAY)
    declared = event("emergency.declared")
    guard = somebody("p-guard", mobile())
    duty = member("p-guard", ALTOS, "staff", duty="front_desk")
    await hub.take_in(guard, duty, home("t1"), member("p-guard", "unit:t1", "resident"))
    await hub.take_in(declared)

    assert hub.recipients(declared) == [("p-guard", "sms")]
    assert hub.of(declared)[0].audience == 0


async def test_person_in_two_audiences_gets_the_text_of_the_first() -> None:
    hub = memory_hub(MONDAY)
    escalated = event("pqrs.escalated", {"petitioner": {"ref": "p-boss"}}, source=HUB_SOURCE)
    boss = member("p-boss", "company", "staff", duty="coordinator", level=2)
    await hub.take_in(somebody("p-boss", email()), boss)
    await hub.take_in(escalated)

    assert {(message.channel, message.audience) for message in hub.of(escalated)} == {
        ("inbox", 0),
        ("email", 0),
    }


@pytest.mark.parametrize("quiet", [True, "true"])
async def test_a_quiet_event_is_recorded_and_runs_its_clocks(hub: MemoryHub, quiet: object) -> None:
    silent = event("pqrs.received", quiet=quiet)
    await hub.take_in(silent)

    assert hub.of(silent) == []
    assert hub.publisher.published == []
    assert hub.stored(silent).planned
    assert hub.states("first_reply") == [ClockState.OPEN]


async def test_an_event_from_long_ago_is_recorded_and_sends_nothing(hub: MemoryHub) -> None:
    old = event("pqrs.received", at=MONDAY - timedelta(days=400))
    await hub.take_in(old)

    assert {(message.state, message.reason) for message in hub.of(old)} == {(State.EXPIRED, "too_old")}
    assert hub.publisher.published == []
    assert hub.states("first_reply") == [ClockState.BREACHED]


async def test_reminders_are_kept_for_later(hub: MemoryHub) -> None:
    works = event("maintenance.scheduled.announced")
    await hub.take_in(home("t1", "1"), member("p-maria-pena", "unit:t1", "resident"), works)
    held = [message for message in hub.of(works) if message.state is State.HELD]

    assert {message.occasion for message in held} == {"reminder:T-24h", "reminder:T-2h"}
    notice = {f"c:{clock.id}" for clock in hub.store.clocks}
    assert {f"m:{message.id}" for message in held} | notice == set(hub.appointments.scores)
    assert set(hub.publisher.ticketed) == ids(hub.of(works)) - ids(held)


async def test_redis_away_never_blocks(hub: MemoryHub) -> None:
    hub.appointments.away = True
    with capture_logs() as logs:
        await hub.take_in(RECEIVED)

    assert len(hub.publisher.ticketed) == 3
    assert [entry["event"] for entry in logs] == ["event.unreached", "appointments.unavailable"]


async def test_a_conflict_is_tried_again_at_once(hub: MemoryHub) -> None:
    hub.store.faults.script("commit", StorageConflict(), StorageConflict())
    await hub.take_in(RECEIVED)

    assert len(hub.of(RECEIVED)) == 3


async def test_endless_conflicts_count_as_an_unavailable_database(hub: MemoryHub) -> None:
    hub.store.faults.always("commit", StorageConflict())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(RECEIVED)

    assert hub.publisher.published == []


async def test_without_the_database_nothing_is_published(hub: MemoryHub) -> None:
    hub.store.faults.script("transaction", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(RECEIVED)

    assert (hub.of(RECEIVED), hub.publisher.published) == ([], [])


async def test_broker_failure_after_the_commit_creates_no_duplicate(hub: MemoryHub) -> None:
    hub.publisher.faults.script("tickets", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await hub.take_in(RECEIVED)
    committed = hub.store.messages
    await hub.take_in(RECEIVED)

    assert hub.store.messages == committed
    assert set(hub.publisher.ticketed) == ids(hub.of(RECEIVED))
    assert len(hub.publisher.ticketed) == 3


async def test_batch_is_one_transaction(hub: MemoryHub) -> None:
    hub.store.faults.script("commit", None, StorageUnavailable())
    await hub.take_in(
        RECEIVED, *(event("pqrs.received", {"pqrs_id": f"n-{n}"}, id=f"n-{n}") for n in range(20))
    )

    assert len({message.event_id for message in hub.store.messages}) == 21


async def test_an_urgent_event_stays_urgent(hub: MemoryHub) -> None:
    await hub.take_in(home("t1"), member("p-maria-pena", "unit:t1", "tenant"))
    await hub.take_in(event("emergency.declared"))

    assert {ticket.lane for ticket in hub.publisher.published} == {Lane.URGENT}


async def test_an_event_as_bytes_of_another_mode_is_the_same_event(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED)
    await hub.take_in(structs.replace(incoming(RECEIVED), body=encode(RECEIVED)[:-1] + b" }"))

    assert len(hub.store.tables.events) == 4
