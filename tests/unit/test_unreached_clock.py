"""Call of a person whom no message of an emergency reaches: a clock of minutes, and its ladder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.messages.planning.unreached_people import alert_of, people_of
from hub.model import ClockState, Event
from hub.sla.acknowledge import acknowledge
from hub.timers.scheduler import fire_from_sql
from tests.unit.factories import MINUTE, event, local, member, mobile, somebody, stored, upserted
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_unreached_people import lost
from tests.unit.timer_harness import timers_of

NIGHT = local("2026-03-10 03:00")
CLOCK = "emergency_unreached"
DECLARED = event("emergency.declared", at=NIGHT)


@pytest.fixture
async def hub() -> MemoryHub:
    """An emergency, and a level 2; the desk and the person on call have no channel."""
    hub = memory_hub(NIGHT)
    place = "ph-altos-del-rosal"
    await hub.take_in(
        upserted("copropiedad", place, name="Altos del Rosal"),
        somebody("p-jefe", mobile("+573001110004")),
        member("p-jefe", "company", "staff", level=2, duty="coordinator"),
        DECLARED,
    )
    return hub


async def alert(hub: MemoryHub, *people: str) -> Event:
    hub.clock.advance(timedelta(seconds=20))
    about = stored(DECLARED, case=f"emergency_id:{DECLARED.data['emergency_id']}")
    found = [lost(person, event_key=about.key) for person in people or ("p-bea",)]
    alerted = alert_of(people_of(found), about, now=hub.clock())
    await hub.take_in(alerted)
    return alerted


async def climb(hub: MemoryHub) -> list[Event]:
    before = len(hub.publisher.events)
    await fire_from_sql(timers_of(hub))
    told = hub.publisher.events[before:]
    await hub.take_in(*told)
    return [event for event in told if event.name == "emergency.escalated" and event.data["clock"] == CLOCK]


async def end(hub: MemoryHub, name: str) -> None:
    hub.clock.advance(MINUTE)
    [clock] = [clock for clock in hub.store.clocks if clock.name == name]
    await acknowledge(clock, by="p-desk", publisher=hub.publisher, now=hub.clock())
    await hub.take_in(hub.publisher.events[-1])


async def test_next_level_hears_whom_to_call_after_five_minutes(hub: MemoryHub) -> None:
    await alert(hub)
    hub.clock.advance(5 * MINUTE)
    [climbed] = await climb(hub)

    assert (2, True) == (climbed.data["to_level"], climbed.data["any_hour"])
    assert "Bea Ríos (Torre 1, 301): +573002220001" == climbed.data["unreached"]
    assert "sms" in {message.channel for message in hub.of(climbed) if message.person == "p-jefe"}


async def test_taking_it_on_ends_it_and_not_the_emergency(hub: MemoryHub) -> None:
    await alert(hub)
    await end(hub, CLOCK)

    assert [ClockState.MET] == hub.states(CLOCK)
    assert [ClockState.OPEN] == hub.states("emergency_ack")


async def test_taking_on_the_emergency_calls_nobody_who_is_unreached(hub: MemoryHub) -> None:
    await alert(hub)
    await end(hub, "emergency_ack")

    assert [ClockState.OPEN] == hub.states(CLOCK)
    assert [ClockState.MET] == hub.states("emergency_ack")


async def test_end_of_the_emergency_cancels_it(hub: MemoryHub) -> None:
    await alert(hub)
    hub.clock.advance(MINUTE)
    case = {"emergency_id": DECLARED.data["emergency_id"], "status": "cleared"}
    await hub.take_in(event("emergency.updated", case, at=hub.clock()))

    assert [ClockState.CANCELLED] == hub.states(CLOCK)


async def test_one_clock_runs_for_the_emergency_however_many_are_unreached(hub: MemoryHub) -> None:
    await alert(hub, "p-bea", "p-luis")
    await alert(hub, "p-eva")

    assert [ClockState.OPEN] == hub.states(CLOCK)
