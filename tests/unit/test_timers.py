"""Appointments fire once; the steps of a clock fire in order."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from uuid import UUID

import pytest
from msgspec import structs
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from hub.business_time.opening_hours import DAY
from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import ClockState, Event, Json, State, StepKind
from hub.testing import MemoryAppointments, MemoryPublisher
from hub.timers.filling import AT_ONCE
from hub.timers.scheduler import fire_from_sql, keep_appointments
from tests.unit.factories import HOUR, MONDAY, SECOND, event, local, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import hub_with, petition, published, timers_of, waiting

REPLIED = event("pqrs.replied", at=MONDAY + HOUR)
LADDER = [
    # Monday 08:05 + 19.2, 24, 24, 32, 40, 48 business hours: 9 h a day from 08:00 to 17:00.
    ("2026-03-11 09:17", "sla.at_risk"),  # 8:55 + 9 + 1:17
    ("2026-03-11 14:05", "sla.breached"),  # 8:55 + 9 + 6:05
    ("2026-03-11 14:05", "pqrs.escalated"),
    ("2026-03-12 13:05", "pqrs.escalated"),  # 2:55 more on Wednesday, 5:05 on Thursday
    ("2026-03-13 12:05", "pqrs.escalated"),
    ("2026-03-16 11:05", "pqrs.escalated"),
]


@pytest.mark.parametrize("state", [State.HELD, State.RETRYING])
async def test_a_message_whose_time_has_come_is_queued_and_ticketed(state: State) -> None:
    message = waiting(state=state)
    hub = await hub_with(message)
    await keep_appointments(timers_of(hub))

    assert hub.publisher.published == []
    hub.clock.advance(HOUR)
    await keep_appointments(timers_of(hub))

    assert hub.publisher.ticketed == [message.id]
    assert (hub.store.message(message.id).state, hub.store.message(message.id).next_at) == (
        State.QUEUED,
        None,
    )
    assert hub.appointments.scores == {}


@pytest.mark.parametrize("state", [State.SENT, State.CANCELLED, State.FAILED])
async def test_appointment_of_an_ended_message_is_dropped(state: State) -> None:
    message = waiting(state=state)
    hub = await hub_with(message)
    hub.clock.advance(HOUR)
    await keep_appointments(timers_of(hub))

    assert (hub.publisher.published, hub.appointments.scores) == ([], {})
    assert hub.store.message(message.id).state is state


async def test_two_processes_that_fire_the_same_ticket_it_once() -> None:
    message = waiting()
    hub = await hub_with(message)
    hub.clock.advance(HOUR)
    second_process = timers_of(hub, appointments=MemoryAppointments(hub.clock))
    await second_process.appointments.arm_messages([(message.id, message.lane, MONDAY)])
    await asyncio.gather(keep_appointments(timers_of(hub)), keep_appointments(second_process))

    assert hub.publisher.ticketed == [message.id]


async def test_steps_of_a_clock_are_notified_at_their_instants() -> None:
    hub = await petition()
    timers = timers_of(hub)
    for at in sorted({local(at) for at, _ in LADDER}):
        hub.clock.at = at - SECOND
        await keep_appointments(timers)
        hub.clock.at = at
        await keep_appointments(timers)

    assert published(hub) == [(local(at), name) for at, name in LADDER]
    assert [event.data.get("to_level") for event in hub.publisher.events] == [None, None, 2, 3, 4, 4]


async def test_steps_are_as_late_as_they_are_notified_after_their_instant() -> None:
    hub = await petition()
    timers, [first, *_] = timers_of(hub), sorted({local(at) for at, _ in LADDER})
    hub.clock.at = first + 40 * SECOND
    before = lateness("30.0"), lateness("60.0")
    await keep_appointments(timers)

    assert (0, 1) == (lateness("30.0") - before[0], lateness("60.0") - before[1])


def lateness(le: str) -> float:
    labels = {"kind": "step", "le": le}
    return REGISTRY.get_sample_value("hub_timer_lateness_seconds_bucket", labels) or 0.0


async def test_missed_steps_are_notified_in_order_after_an_outage() -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-18 08:00")
    await keep_appointments(timers_of(hub))

    assert [name for _, name in published(hub)] == [name for _, name in LADDER]
    assert {at for at, _ in published(hub)} == {hub.clock.at}
    assert hub.states("first_reply") == [ClockState.BREACHED]
    assert [clock.level for clock in hub.store.clocks if clock.name == "first_reply"] == [4]


async def test_event_of_a_clock_is_published_to_intake() -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-11 14:05")
    await keep_appointments(timers_of(hub))
    await hub.take_in(*hub.publisher.events)

    assert hub.letters == []
    # It moves no clock: the breach stays as the timers published it.
    assert hub.states("first_reply") == [ClockState.BREACHED]


async def test_an_answer_ends_the_ladder() -> None:
    hub = await petition()
    hub.clock.advance(HOUR)
    await hub.take_in(REPLIED)
    hub.clock.at = local("2026-03-16 12:00")
    await keep_appointments(timers_of(hub))

    assert published(hub) == []
    assert hub.states("first_reply") == [ClockState.MET]


class _Answering(MemoryPublisher):
    """The answer arrives just after the breach is published."""

    hub: MemoryHub

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        await super().event(event, caller=caller)
        if event.name == "sla.breached":
            await self.hub.take_in(REPLIED)


async def test_clock_that_ended_meanwhile_does_not_advance() -> None:
    hub = await petition()
    publisher = _Answering()
    publisher.hub = hub
    hub.clock.at = local("2026-03-16 12:00")
    await keep_appointments(timers_of(hub, publisher=publisher))
    [clock] = [clock for clock in hub.store.clocks if clock.name == "first_reply"]

    assert [event.name for event in publisher.events] == ["sla.at_risk", "sla.breached"]
    assert (clock.state, clock.fired) == (ClockState.MET, 1)
    assert f"c:{clock.id}" not in hub.appointments.scores


async def test_a_crash_after_publishing_repeats_the_same_event() -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-11 09:17")
    hub.store.faults.script("advance", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await keep_appointments(timers_of(hub))
    hub.clock.advance(30 * SECOND)
    await keep_appointments(timers_of(hub))
    first, repeated = hub.publisher.events

    assert (first.id, first.source) == (repeated.id, repeated.source)
    assert hub.states("first_reply") == [ClockState.AT_RISK]
    await hub.take_in(first, repeated)
    assert len([row for row in hub.store.tables.events.values() if row.event.name == "sla.at_risk"]) == 1


async def test_a_broker_that_is_away_leaves_the_step_to_be_done() -> None:
    hub = await petition()
    hub.clock.at = local("2026-03-11 09:17")
    hub.publisher.faults.script("event", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await keep_appointments(timers_of(hub))

    assert hub.states("first_reply") == [ClockState.OPEN]
    hub.clock.advance(30 * SECOND)
    await keep_appointments(timers_of(hub))
    assert hub.states("first_reply") == [ClockState.AT_RISK]


async def test_appointment_that_comes_too_early_is_set_again() -> None:
    hub = await petition()
    [clock] = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    hub.appointments.scores[f"c:{clock.id}"] = MONDAY.timestamp()
    await keep_appointments(timers_of(hub))

    assert published(hub) == []
    assert hub.appointments.scores[f"c:{clock.id}"] == local("2026-03-11 09:17").timestamp()


async def test_broken_clock_does_not_stop_the_others() -> None:
    hub = await petition()
    await hub.take_in(event("pqrs.received", {"pqrs_id": "another"}, id="another"))
    first = min(
        (clock for clock in hub.store.clocks if clock.name == "first_reply"),
        key=lambda candidate: candidate.id,
    )
    # As a newer hub may have scheduled it.
    hub.store.tables.clocks[first.id] = replace(
        first, steps=(structs.replace(first.steps[0], kind=StepKind("unheard_of")),)
    )
    hub.clock.at = local("2026-03-11 09:17")
    with capture_logs() as logs:
        await keep_appointments(timers_of(hub))

    assert [name for _, name in published(hub)] == ["sla.at_risk"]
    assert [entry["clock_id"] for entry in logs if entry["event"] == "clock.broken"] == [str(first.id)]


class _Failing(MemoryPublisher):
    """The event of one clock fails: by its own fault, or because the broker just went away."""

    def __init__(self, clock_id: UUID, error: Exception) -> None:
        super().__init__()
        self.clock_id = clock_id
        self.error = error

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        if event.data["clock_id"] == str(self.clock_id):
            raise self.error
        await super().event(event, caller=caller)


@pytest.mark.parametrize("error", [ZeroDivisionError(), BrokerUnavailable()], ids=["broken", "away"])
async def test_unconfirmed_event_holds_back_only_its_own_clock(
    error: Exception,
) -> None:
    hub = await petition()
    await hub.take_in(event("pqrs.received", {"pqrs_id": "another"}, id="another"))
    first, second = (clock for clock in hub.store.clocks if clock.name == "first_reply")
    hub.clock.at = local("2026-03-11 09:17")
    away = isinstance(error, BrokerUnavailable)
    with pytest.raises(BrokerUnavailable) if away else nullcontext(), capture_logs() as logs:
        await keep_appointments(timers_of(hub, publisher=_Failing(first.id, error)))
    states = {clock.id: clock.state for clock in hub.store.clocks}

    assert (ClockState.OPEN, ClockState.AT_RISK) == (states[first.id], states[second.id])
    assert away != ("clock.broken" in {entry["event"] for entry in logs})


async def test_clock_with_a_failing_look_up_does_not_stop_the_others() -> None:
    hub = await petition()
    await hub.take_in(*(event("pqrs.received", {"pqrs_id": f"{n}"}, id=f"{n}") for n in range(4)))
    clocks = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    # All five; then two, and three; then the third alone, and the last two.
    fault = ZeroDivisionError()
    hub.store.faults.script("held_levels", fault, None, fault, fault, None)
    hub.clock.at = local("2026-03-11 14:05")
    await keep_appointments(timers_of(hub))
    escalated = {event.data["clock_id"] for event in hub.publisher.events if event.name == "pqrs.escalated"}

    assert {str(clock.id) for clock in clocks} - {str(clocks[2].id)} == escalated


async def test_unknown_clock_is_dropped() -> None:
    hub = await petition()
    forgotten, *others = hub.store.clocks
    del hub.store.tables.clocks[forgotten.id]
    hub.clock.at = local("2026-03-26 08:00")
    await keep_appointments(timers_of(hub))

    assert f"c:{forgotten.id}" not in hub.appointments.scores
    assert {event.data["clock_id"] for event in hub.publisher.events} == {str(event.id) for event in others}


async def test_full_batch_means_more_to_do() -> None:
    hub = await hub_with(*(waiting(f"p-{number}", MONDAY) for number in range(AT_ONCE + 1)))

    assert await keep_appointments(timers_of(hub))
    assert not await keep_appointments(timers_of(hub))
    assert len(hub.publisher.ticketed) == AT_ONCE + 1


@pytest.mark.parametrize(
    ("petitioner", "name"),
    [
        ({"ref": "p-maria"}, "Persona p-maria"),
        ({"name": "Rosa Díaz", "email": "rosa@example.com"}, "Rosa Díaz"),
    ],
    ids=["of the directory", "a stranger"],
)
async def test_a_step_names_the_person_of_the_case_and_its_matter(petitioner: Json, name: str) -> None:
    hub = memory_hub(MONDAY)
    asked = {"petitioner": petitioner, "subject": "Copia del acta"}
    await hub.take_in(somebody("p-maria"), event("pqrs.received", asked))
    hub.clock.advance(60 * DAY)
    await fire_from_sql(timers_of(hub))
    steps = [event for event in hub.publisher.events if event.name in {"sla.at_risk", "pqrs.escalated"}]

    assert {"sla.at_risk", "pqrs.escalated"} == {event.name for event in steps}
    assert {(name, "Copia del acta")} == {
        (event.data["person_name"], event.data["matter"]) for event in steps
    }
