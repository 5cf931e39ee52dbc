"""Audiences of a whole building, page by page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from hub.catalog import BY_NAME
from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.messages.planning.plan import CROWD
from hub.model import Event, Lane
from tests.unit.factories import DESK, MONDAY, email, event, home, member, somebody
from tests.unit.hub_in_memory import MemoryHub, ids, memory_hub

WORKS = event("maintenance.scheduled.announced", without=("zones",), at=MONDAY)
PEOPLE = 7


def neighbours(count: int) -> list[Event]:
    """Make a building with one resident in each unit."""
    return [
        change
        for number in range(count)
        for change in (
            home(f"t{number:05}", "1"),
            somebody(f"p-{number:05}", email(f"p{number}@example.com")),
            member(f"p-{number:05}", f"unit:t{number:05}", "resident"),
        )
    ]


async def building(people: int, page: int) -> MemoryHub:
    hub = memory_hub(MONDAY, page=page)
    await hub.take_in(*neighbours(people))
    return hub


def recipients(hub: MemoryHub) -> list[str]:
    return sorted(
        message.person
        for message in hub.of(WORKS)
        if (message.channel, message.occasion) == ("email", "initial")
    )


EVERYBODY = [f"p-{number:05}" for number in range(PEOPLE)]


@pytest.mark.parametrize("page", [1, 3, 6, 7, 8])
async def test_everybody_gets_a_message_with_any_page_size(page: int) -> None:
    hub = await building(PEOPLE, page)
    await hub.take_in(WORKS)

    assert recipients(hub) == EVERYBODY
    assert hub.stored(WORKS).planned


async def test_each_page_is_ticketed_when_it_is_committed() -> None:
    hub = await building(PEOPLE, 3)
    hub.store.faults.script("transaction", None, None, StorageUnavailable())  # the event, a page, the end
    with pytest.raises(StorageUnavailable):
        await hub.take_in(WORKS)

    assert recipients(hub) == EVERYBODY[:3]
    assert {message.id for message in hub.of(WORKS) if message.occasion == "initial"} == set(
        hub.publisher.ticketed
    )


async def test_the_first_page_is_small_and_each_is_twice_the_one_before() -> None:
    hub = await building(400, 120)
    sizes: list[int] = []
    for pages in range(1, 5):
        hub.store.faults.script("transaction", *[None] * (1 + pages), StorageUnavailable())
        with suppress(StorageUnavailable):
            await hub.take_in(WORKS)
        sizes.append(len(recipients(hub)) - sum(sizes))

    assert sizes == [50, 100, 120, 120]
    await hub.take_in(WORKS)
    assert len(recipients(hub)) == 400


@pytest.mark.parametrize("pages_done", [0, 1, 2])
async def test_redelivery_completes_the_pages_after_a_crash(pages_done: int) -> None:
    hub = await building(PEOPLE, 3)
    hub.store.faults.script("transaction", *[None] * (1 + pages_done), StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(WORKS)

    assert not hub.stored(WORKS).planned
    await hub.take_in(WORKS)

    assert recipients(hub) == EVERYBODY
    assert hub.stored(WORKS).planned
    assert {message.id for message in hub.of(WORKS) if message.occasion == "initial"} == set(
        hub.publisher.ticketed
    )


async def test_broker_failure_between_pages_creates_no_duplicate() -> None:
    hub = await building(PEOPLE, 3)
    hub.publisher.faults.script("tickets", None, BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await hub.take_in(WORKS)
    await hub.take_in(WORKS)

    assert recipients(hub) == EVERYBODY


async def test_an_event_that_was_expanded_is_not_expanded_again() -> None:
    hub = await building(PEOPLE, 3)
    await hub.take_in(WORKS)
    hub.publisher.published.clear()
    await hub.take_in(*neighbours(PEOPLE + 1), WORKS)

    # The new neighbour came after the announcement; queued messages are ticketed again.
    assert recipients(hub) == EVERYBODY
    assert {message.id for message in hub.of(WORKS) if message.occasion == "initial"} == set(
        hub.publisher.ticketed
    )


async def test_reminders_of_a_crowd_are_kept_for_later() -> None:
    hub = await building(PEOPLE, 3)
    await hub.take_in(WORKS)

    later = {f"m:{message}" for message in ids(hub.of(WORKS)) - set(hub.publisher.ticketed)}
    assert later == {score for score in hub.appointments.scores if score.startswith("m:")}
    assert len(later) == 2 * 2 * PEOPLE  # two reminders, over email and the inbox


async def test_only_the_towers_that_the_event_names_get_messages() -> None:
    hub = memory_hub(MONDAY, page=2)
    for tower in ("1", "2"):
        await hub.take_in(
            home(f"t{tower}", tower),
            somebody(f"p-{tower}", email()),
            member(f"p-{tower}", f"unit:t{tower}", "tenant"),
        )
    works = event("maintenance.scheduled.announced", {"zones": ["tower:2"]})
    await hub.take_in(works)

    assert {message.person for message in hub.of(works)} == {"p-2"}


async def test_a_building_without_people_is_planned_at_once() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(WORKS)

    assert hub.of(WORKS) == []
    assert hub.stored(WORKS).planned


async def test_emergency_notifies_the_desk_before_the_building() -> None:
    hub = await building(PEOPLE, 3)
    await hub.take_in(somebody("p-guard", email()), member("p-guard", "company", "staff", duty="on_call"))
    declared = event("emergency.declared")
    hub.store.faults.script("transaction", None, StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(declared)

    assert {message.person for message in hub.of(declared)} == {"p-guard"}


async def test_emergency_that_reaches_nobody_is_logged() -> None:
    hub = memory_hub(MONDAY)
    emergency = event("emergency.declared")
    with capture_logs() as logs:
        await hub.take_in(emergency)
    logged = [entry for entry in logs if entry["event"] == "event.unreached"]

    assert [(entry["event_id"], entry["reasons"]) for entry in logged] == [
        (emergency.id, ["empty_audience", "unknown_copropiedad"]),
        (emergency.id, ["empty_audience"]),
    ]
    assert hub.of(emergency) == []


async def test_an_audience_that_is_waited_for_is_not_empty() -> None:
    hub = memory_hub(MONDAY)
    with capture_logs() as logs:
        await hub.take_in(event("pqrs.replied", without=("petitioner",)))

    assert logs == []


async def test_first_page_sets_the_lane_of_all_pages() -> None:
    hub = await building(CROWD + 5, CROWD + 1)
    kind = BY_NAME[WORKS.name]
    hub.context = replace(DESK, catalog={**BY_NAME, kind.name: replace(kind, lane=Lane.NORMAL)})
    await hub.take_in(WORKS)

    assert len(recipients(hub)) == CROWD + 5
    assert {message.lane for message in hub.of(WORKS)} == {Lane.BULK}


async def test_an_event_is_planned_when_the_last_of_its_broad_audiences_is() -> None:
    hub = await building(PEOPLE, 100)
    kind = BY_NAME[WORKS.name]
    both = tuple(replace(kind.audiences[0], who=(word,)) for word in ("zone:residents", "copropiedad:owners"))
    hub.context = replace(DESK, catalog={**BY_NAME, kind.name: replace(kind, audiences=both)})
    await hub.take_in(somebody("p-owner", email()), member("p-owner", "unit:t00000", "owner"))
    hub.store.faults.script("transaction", None, None, StorageUnavailable())  # the event, residents, owners
    with pytest.raises(StorageUnavailable):
        await hub.take_in(WORKS)

    assert not hub.stored(WORKS).planned
    await hub.take_in(WORKS)

    assert recipients(hub) == [*EVERYBODY, "p-owner"]
    assert hub.stored(WORKS).planned
