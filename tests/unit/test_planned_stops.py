"""A process that ends in order says how long it may be away; until then it is not missed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from hub.app import process
from hub.errors import StorageUnavailable
from hub.tasks import cancel
from hub.testing import MemoryMonitor, MemoryStore, SettableClock
from tests.unit.factories import MINUTE, MONDAY, SECOND
from tests.unit.test_monitor import BROKEN, POLICY, House

TERM = POLICY.planned_stop


async def _stop(house: House, role: str, term: timedelta = TERM) -> None:
    await process.announce_stop(house.store, "uno:41", [role], term)


async def _restart_of_timers(house: House, away: timedelta, *, says: bool) -> None:
    """The timers end, and their first round after the start ends `away` later; the monitor looks at once."""
    await house.passes(2)
    if says:
        await _stop(house, "timers")
    house.stopped = True
    house.clock.advance(away)
    await house.passes(2)
    house.stopped = False
    await house.passes(20)


async def test_restart_that_was_announced_tells_nobody() -> None:
    house = House()
    await _restart_of_timers(house, 90 * SECOND, says=True)

    assert [] == house.published_events


async def test_process_that_dies_without_a_word_is_reported_as_ever() -> None:
    house = House()
    await _restart_of_timers(house, 90 * SECOND, says=False)

    assert [("began", "auditor"), ("ended", "auditor")] == house.published_events


async def test_timers_that_do_not_come_back_in_their_term_are_reported_once_it_has_passed() -> None:
    house = House()
    await house.passes()
    await _stop(house, "timers")
    house.stopped = True
    await house.passes(TERM // POLICY.interval)
    assert [] == house.published_events

    await house.passes(2)
    assert [("began", "auditor")] == house.published_events


async def test_timers_that_die_after_they_came_back_are_reported_as_ever() -> None:
    house = House()
    await _stop(house, "timers")
    house.clock.advance(SECOND)
    await house.passes()
    house.stopped = True
    house.clock.advance(POLICY.audit_max_age)
    await house.passes()

    assert [("began", "auditor")] == house.published_events


async def test_hub_outside_is_not_told_that_all_is_well_during_a_planned_stop() -> None:
    house = House()
    await _stop(house, "timers")
    house.stopped = True
    house.clock.advance(POLICY.audit_max_age + SECOND)
    await house.passes()

    assert not house.watch.well


async def test_open_incident_neither_ends_nor_begins_again_during_a_planned_stop() -> None:
    house = House(stopped=True)
    house.clock.advance(POLICY.audit_max_age)
    await house.passes(2)
    await _stop(house, "timers")
    await house.passes(int(MINUTE / POLICY.interval) + 4)

    assert [("began", "auditor")] == house.published_events


@pytest.mark.parametrize("role", ["intake", "delivery"])
async def test_queues_without_a_consumer_wait_for_the_term_of_their_role(role: str) -> None:
    house = House()
    house.lonely = {"hub.events.urgent": 2} if role == "intake" else {"hub.messages.sms.urgent": 2}
    await _stop(house, role)
    await house.passes(TERM // POLICY.interval)
    assert [] == house.published_events

    await house.passes(2)
    assert [("began", f"unattended:{role}")] == house.published_events


async def test_stop_of_one_process_says_nothing_for_another_that_runs_on_and_dies() -> None:
    house = House()
    house.lonely = {"hub.messages.sms.urgent": 2}
    await _stop(house, "delivery")
    house.clock.advance(SECOND)
    await house.store.beat("dos:7", {"role:delivery": "works"})
    await house.passes(2)

    assert [("began", "unattended:delivery")] == house.published_events


async def test_announced_stop_of_intake_hides_nothing_of_delivery() -> None:
    house = House()
    house.lonely = {"hub.messages.sms.urgent": 2}
    await _stop(house, "intake")
    await house.passes(2)

    assert [("began", "unattended:delivery")] == house.published_events


async def test_backlog_of_a_stop_is_not_reported_in_its_term_even_when_the_role_is_back() -> None:
    house = House()
    await BROKEN["queue_age:email:urgent"](house)
    await _stop(house, "delivery")
    await house.store.beat("dos:7", {"role:delivery": "works"})
    await house.passes(TERM // POLICY.interval)
    assert [] == house.published_events

    await house.passes(2)
    assert [("began", "queue_age:email:urgent")] == house.published_events


async def test_term_of_zero_announces_nothing() -> None:
    house = House()
    house.lonely = {"hub.messages.sms.urgent": 2}
    await _stop(house, "delivery", timedelta(0))
    await house.passes(2)

    assert [("began", "unattended:delivery")] == house.published_events


async def test_stop_goes_on_when_the_database_cannot_be_told() -> None:
    store = MemoryMonitor(MemoryStore(SettableClock(MONDAY)), SettableClock(MONDAY))
    store.faults.always("beat", StorageUnavailable())

    await process.announce_stop(store, "uno:41", ["timers"], TERM)


@pytest.mark.parametrize("planned", [True, False])
async def test_process_announces_its_stop_only_when_it_was_told_to_stop(*, planned: bool) -> None:
    stop, said = asyncio.Event(), 0

    async def work() -> None:
        await stop.wait() if planned else None

    async def announce() -> None:
        nonlocal said
        said += 1

    running = asyncio.create_task(process._until_stopped([asyncio.create_task(work())], stop, announce))
    await asyncio.sleep(0)
    if planned:
        await cancel(running)
    else:
        await running

    assert planned is bool(said)
