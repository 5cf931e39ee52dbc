"""Whom no message of an emergency reaches: the alert, and the call that a clock of minutes asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from hub.errors import StorageUnavailable
from hub.messages.planning.unreached_people import MOST, NAME, alert_of, people_of
from hub.model import ClockState, Event, StoredEvent
from hub.model.emergencies import LostRecipient
from hub.sla.acknowledge import acknowledge
from hub.timers.unreached_people import alert_unreached
from tests.unit.factories import (
    MINUTE,
    MONDAY,
    SCHEMAS,
    event,
    local,
    member,
    mobile,
    somebody,
    stored,
    upserted,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import take_steps, timers_of

DECLARED = stored(event("emergency.declared"))


def lost(person: str = "p-bea", channel: str = "sms", **fields: Any) -> LostRecipient:
    values: dict[str, Any] = {
        "id": uuid5(DECLARED.key, person + channel),
        "event_key": DECLARED.key,
        "person": person,
        "name": "Bea Ríos",
        "channel": channel,
        "address": "+573002220001" if channel == "sms" else "bea@example.co",
        "units": ("Torre 1, 301",),
        **fields,
    }
    return LostRecipient(**values)


def alerted(*found: LostRecipient) -> dict[str, Any]:
    alert = alert_of(people_of(found), DECLARED, now=MONDAY)
    SCHEMAS.check(alert, now=MONDAY)
    data: dict[str, Any] = alert.data
    return data


def test_the_alert_names_the_people_to_call_their_unit_and_their_message() -> None:
    data = alerted(lost())

    assert {
        "person": "p-bea",
        "name": "Bea Ríos",
        "units": "Torre 1, 301",
        "phone": "+573002220001",
    } == data["people"][0]
    assert DECLARED.event.data["instruction"] == data["instruction"]
    assert DECLARED.event.time.isoformat() == data["since"]
    assert (DECLARED.event.name, DECLARED.event.id) == (data["about"], data["about_id"])


def test_a_person_is_named_once_however_many_messages_are_lost() -> None:
    assert 1 == len(alerted(lost(), lost(channel="email"))["people"])


@pytest.mark.parametrize(("known", "phone"), [("+573007770000", "+573007770000"), (None, None)])
def test_whoever_got_only_mail_is_called_at_the_number_of_the_directory(
    known: str | None, phone: str | None
) -> None:
    assert phone == alerted(lost(channel="email", phone=known))["people"][0]["phone"]


def test_a_crowd_is_named_in_parts() -> None:
    crowd = [lost(f"p-{number:04}") for number in range(MOST + 1)]

    assert MOST == len(alerted(*crowd)["people"])


def test_a_very_long_name_does_not_lose_the_alert() -> None:
    [person] = alerted(lost(name="B" * 500, units=("T" * 500,)))["people"]

    assert ("B" * 200, "T" * 200) == (person["name"], person["units"])


def test_the_id_is_that_of_these_people() -> None:
    first, other = people_of([lost()]), people_of([lost(), lost("p-luis")])

    assert alert_of(first, DECLARED, now=MONDAY).id == alert_of(first, DECLARED, now=MONDAY).id
    assert alert_of(first, DECLARED, now=MONDAY).id != alert_of(other, DECLARED, now=MONDAY).id


class Lost:
    """The part of `PostgresEmergencies` that the alert asks; `dies` before it has marked anybody."""

    def __init__(self, *found: LostRecipient, event: StoredEvent | None = None, dies: bool = False) -> None:
        self.found, self.dies = list(found), dies
        self._events = {} if event is None else {event.key: event}

    async def lost_recipients(self, limit: int, **_: timedelta) -> list[LostRecipient]:
        return self.found[:limit]

    async def events_of(self, _: set[UUID]) -> dict[UUID, StoredEvent]:
        return self._events

    async def mark_alerted(self, _: UUID, people: list[str]) -> None:
        if self.dies:
            self.dies = False
            raise StorageUnavailable
        self.found = [one for one in self.found if one.person not in people]


async def test_several_people_of_an_event_are_one_alert_and_a_crash_repeats_its_id() -> None:
    hub, store = memory_hub(MONDAY), Lost(lost(), lost("p-luis"), event=DECLARED, dies=True)
    timers = timers_of(hub, emergencies=store)
    with pytest.raises(StorageUnavailable):
        await alert_unreached(timers)
    await alert_unreached(timers)
    await alert_unreached(timers)

    assert [NAME, NAME] == [published.name for published in hub.publisher.events]
    assert 1 == len({published.id for published in hub.publisher.events})


async def test_the_end_of_an_emergency_calls_nobody() -> None:
    over = stored(event("emergency.updated", {"status": "cleared"}))
    hub, store = memory_hub(MONDAY), Lost(lost(event_key=over.key), event=over)
    await alert_unreached(timers_of(hub, emergencies=store))

    assert [] == hub.publisher.events
    assert [] == store.found


async def test_what_the_retention_has_dropped_blocks_nothing() -> None:
    hub, store = memory_hub(MONDAY), Lost(lost(event_key=UUID(int=1)))
    await alert_unreached(timers_of(hub, emergencies=store))

    assert [] == store.found
    assert [] == hub.publisher.events


NIGHT = local("2026-03-10 03:00")
CLOCK = "emergency_unreached"
BY_NIGHT = event("emergency.declared", at=NIGHT)


@pytest.fixture
async def hub() -> MemoryHub:
    """An emergency, and a level 2; the desk and the person on call have no channel."""
    hub = memory_hub(NIGHT)
    place = "ph-altos-del-rosal"
    await hub.take_in(
        upserted("copropiedad", place, name="Altos del Rosal"),
        somebody("p-jefe", mobile("+573001110004")),
        member("p-jefe", "company", "staff", level=2, duty="coordinator"),
        BY_NIGHT,
    )
    return hub


async def alert(hub: MemoryHub, *people: str) -> Event:
    hub.clock.advance(timedelta(seconds=20))
    about = stored(BY_NIGHT, case=f"emergency_id:{BY_NIGHT.data['emergency_id']}")
    found = [lost(person, event_key=about.key) for person in people or ("p-bea",)]
    alerted = alert_of(people_of(found), about, now=hub.clock())
    await hub.take_in(alerted)
    return alerted


async def climb(hub: MemoryHub) -> list[Event]:
    steps = [event for event in await take_steps(hub) if event.name == "emergency.escalated"]
    return [step for step in steps if step.data["clock"] == CLOCK]


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
    case = {"emergency_id": BY_NIGHT.data["emergency_id"], "status": "cleared"}
    await hub.take_in(event("emergency.updated", case, at=hub.clock()))

    assert [ClockState.CANCELLED] == hub.states(CLOCK)


async def test_one_clock_runs_for_the_emergency_however_many_are_unreached(hub: MemoryHub) -> None:
    await alert(hub, "p-bea", "p-luis")
    await alert(hub, "p-eva")

    assert [ClockState.OPEN] == hub.states(CLOCK)
