"""A reminder is sent only until an event of its case ends it, in any order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.errors import StorageUnavailable
from hub.model import ClockState, Event, EventType, Lane, State
from hub.timers.scheduler import fire_from_sql
from tests.unit.factories import (
    DESK,
    HOUR,
    MONDAY,
    SECOND,
    device,
    email,
    event,
    home,
    local,
    member,
    mobile,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

RECEIVED: Final = event("concierge.package.received")
COLLECTED: Final = event("concierge.package.collected", at=MONDAY + HOUR)
AGAIN: Final = local("2026-03-11 08:05")
"""48 hours after its arrival."""


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(
        home("altos-t1-101"),
        somebody("p-maria-pena", device("a"), mobile()),
        member("p-maria-pena", "unit:altos-t1-101", "resident"),
    )
    return made


def reminders(hub: MemoryHub, of: Event = RECEIVED) -> list[tuple[State, str | None]]:
    return [(message.state, message.reason) for message in hub.of(of) if message.occasion != "initial"]


async def test_package_is_announced_now_and_again_after_two_days(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED)

    assert [
        ("initial", "push", None, MONDAY + 48 * HOUR),
        ("reminder:T+48h", "push", AGAIN, AGAIN + 48 * HOUR),
    ] == [
        (message.occasion, message.channel, message.next_at, message.expires_at)
        for message in hub.of(RECEIVED)
    ]


@pytest.mark.parametrize(
    "batches",
    [
        [[RECEIVED], [COLLECTED]],
        [[COLLECTED], [RECEIVED]],
        [[RECEIVED, COLLECTED]],
        [[COLLECTED, RECEIVED]],
        [[RECEIVED], [COLLECTED], [RECEIVED, COLLECTED]],
    ],
    ids=["in order", "late", "together", "together, late", "again"],
)
async def test_collected_package_sends_no_reminder(
    hub: MemoryHub, batches: Sequence[Sequence[Event]]
) -> None:
    hub.clock.advance(2 * HOUR)
    for batch in batches:
        await hub.take_in(*batch)

    assert [(State.CANCELLED, "ended")] == reminders(hub)
    assert [ClockState.MET] == hub.states("custody")


async def test_a_quiet_collection_ends_the_reminder_too(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(RECEIVED, event("concierge.package.collected", at=MONDAY + HOUR, quiet=True))

    assert [(State.CANCELLED, "ended")] == reminders(hub)


async def test_nothing_is_released_when_the_time_of_an_ended_reminder_comes(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(RECEIVED, COLLECTED)
    hub.publisher.published.clear()
    hub.clock.advance(48 * HOUR)
    await fire_from_sql(timers_of(hub))

    assert [] == hub.publisher.ticketed


async def test_other_package_still_sends_its_reminder(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(RECEIVED, structs.replace(COLLECTED, data={**COLLECTED.data, "package_id": "paq-2"}))

    assert [(State.HELD, "scheduled")] == reminders(hub)


async def test_event_after_the_end_sends_its_reminder(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    back = event("concierge.package.received", at=COLLECTED.time + SECOND, id="brought back")
    await hub.take_in(COLLECTED, back)

    assert [(State.HELD, "scheduled")] == reminders(hub, back)


CALLED_OFF: Final = EventType(name="pqrs.replied", lane=Lane.NORMAL, case="work_id", ends_reminders=True)
"""A stand-in for an event that the catalogue does not have yet."""


WORKS: Final = event("maintenance.scheduled.announced", without=("zones",))
OFF: Final = event(CALLED_OFF.name, {"work_id": WORKS.data["work_id"]}, at=MONDAY + SECOND)


@pytest.fixture
async def building() -> MemoryHub:
    context = replace(DESK, catalog={**BY_NAME, CALLED_OFF.name: CALLED_OFF})
    made = replace(memory_hub(MONDAY, page=1), context=context)
    for number in ("1", "2"):
        await made.take_in(
            home(f"t{number}"),
            somebody(f"p-{number}", email()),
            member(f"p-{number}", f"unit:t{number}", "resident"),
        )
    return made


async def test_cancelled_works_send_no_reminder(building: MemoryHub) -> None:
    await building.take_in(WORKS)
    building.clock.advance(HOUR)
    await building.take_in(OFF)

    # Two people, each by email and in the inbox, a day and two hours before.
    assert [(State.CANCELLED, "ended")] * 2 * 2 * 2 == reminders(building, WORKS)


@pytest.mark.parametrize("pages_done", [0, 1, 2])
async def test_works_cancelled_between_two_pages_send_no_reminder(
    building: MemoryHub, pages_done: int
) -> None:
    building.store.faults.script("transaction", *[None] * (1 + pages_done), StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await building.take_in(WORKS)
    building.clock.advance(HOUR)
    await building.take_in(OFF)
    await building.take_in(WORKS)

    assert [(State.CANCELLED, "ended")] * 2 * 2 * 2 == reminders(building, WORKS)
    assert {State.QUEUED} == {
        message.state for message in building.of(WORKS) if message.occasion == "initial"
    }


async def test_front_desk_is_notified_once_of_a_package_after_two_days(hub: MemoryHub) -> None:
    context = member("p-portero", "copropiedad:ph-altos-del-rosal", "staff", duty="front_desk")
    await hub.take_in(somebody("p-portero"), context, RECEIVED)
    hub.clock.advance(48 * HOUR + SECOND)
    await fire_from_sql(timers_of(hub))
    await fire_from_sql(timers_of(hub))
    await hub.take_in(*hub.publisher.events)

    assert [("p-portero", "inbox", "desk")] == [
        (message.person, message.channel, message.variant)
        for message in hub.store.messages
        if message.event == "sla.breached"
    ]


async def test_event_that_waited_for_its_client_sends_no_reminder_that_has_ended() -> None:
    hub = memory_hub(MONDAY)
    requested = event("accounting.documents.requested", without=("accounting_client",), at=MONDAY - HOUR)
    committed = {"accounting_client": {"ref": "p-maria-pena"}}
    await hub.take_in(somebody("p-maria-pena", email()), requested)
    await hub.take_in(event("accounting.documents.received", without=("accounting_client",)))
    assert hub.of(requested) == [], "nobody has named the client"

    await hub.take_in(event("accounting.delivery.committed", committed, at=MONDAY - 2 * HOUR))

    assert reminders(hub, requested)
    assert {(State.CANCELLED, "ended")} == {*reminders(hub, requested)}
