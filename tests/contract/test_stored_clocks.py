"""The contract of the stores of clocks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from msgspec import structs

from hub.business_time import BusinessDays
from hub.model import Acknowledgement, Clock, ClockHistory, ClockState, Pause, Promise, Step, StepKind
from hub.people.audience import Group
from tests.contract.stores import Stores
from tests.contract.values import (
    HOUR,
    NOON,
    clock,
    copropiedad,
    leave,
    membership,
    now,
    person,
    unit,
)

NO_TIME = timedelta(0)


async def test_a_clock_comes_back_as_it_went_in(stores: Stores) -> None:
    one = clock()
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one, clock("pqrs_id:PQ-2")])

        assert await transaction.clocks(["pqrs_id:PQ-1"], []) == [one]
    assert await stores.timers.clocks_by_id([one.id, uuid4()]) == [one]


async def test_clock_history_is_read_as_stored(stores: Stores) -> None:
    course = ClockHistory(
        pauses=(Pause(since=NOON, until=NOON + HOUR), Pause(since=NOON + 2 * HOUR)),
        extended_at=NOON,
        extended_to=NOON + 4 * HOUR,
        acknowledged=(Acknowledgement(level=2, at=NOON, by="p-ana"),),
        reopened=(NOON,),
    )
    promise = Promise(target=BusinessDays(15), ladder=(BusinessDays(15),), extension=BusinessDays(15))
    one = clock(course=course, promise=promise, calendar="c-1")
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])

        assert await transaction.clocks([one.case], []) == [one]


async def test_stopped_clock_is_never_due_and_resumes_where_it_was(stores: Stores) -> None:
    paused = clock(course=ClockHistory(pauses=(Pause(since=NOON),)))
    resumed = replace(paused, course=ClockHistory(pauses=(Pause(since=NOON, until=NOON + HOUR),)))
    await stores.save_clocks(paused)
    due_while_paused = await stores.timers.due_clocks(10, NO_TIME)
    await stores.save_clocks(resumed)

    assert [] == due_while_paused
    assert [resumed] == await stores.timers.due_clocks(10, NO_TIME)


async def test_an_ended_clock_that_called_nobody_is_neither_due_nor_live(stores: Stores) -> None:
    met = clock(state=ClockState.MET, ended_at=NOON, steps=())
    await stores.save_clocks(met)

    assert [] == await stores.timers.due_clocks(10, NO_TIME)
    assert [] == await stores.timers.live_clocks(None, 10)


async def test_a_timer_waits_for_intake_and_then_sees_that_the_clock_is_another(stores: Stores) -> None:
    one = clock()
    moved = replace(one, steps=tuple(structs.replace(step, at=step.at + HOUR) for step in one.steps))
    await stores.save_clocks(one)
    async with stores.intake.transaction() as transaction:
        await transaction.clocks([one.case], [])
        firing = asyncio.create_task(
            stores.timers.advance([replace(one, fired=1, state=ClockState.AT_RISK)], seen=[one])
        )
        done, _ = await asyncio.wait({firing}, timeout=0.2)
        await transaction.save_clocks([moved])

    assert set() == done
    assert not await firing
    assert [moved] == await stores.timers.clocks_by_id([one.id])


async def test_a_clock_advances_only_from_where_it_was_seen(stores: Stores) -> None:
    one = clock()
    await stores.save_clocks(one)
    risky = replace(one, fired=1, state=ClockState.AT_RISK)

    assert {one.id} == set(await stores.timers.advance([risky], seen=[one]))
    assert not await stores.timers.advance([risky], seen=[one])
    assert await stores.timers.clocks_by_id([one.id]) == [risky]


async def test_only_unchanged_clocks_of_many_advance(stores: Stores) -> None:
    clocks = [clock(case) for case in "abcd"]
    risky = [replace(one, fired=1, state=ClockState.AT_RISK) for one in clocks]
    await stores.save_clocks(*clocks[:3])
    await stores.timers.advance(risky[:1], seen=clocks[:1])

    # The first has advanced, the last never existed.
    assert {clocks[1].id, clocks[2].id} == set(await stores.timers.advance(risky, seen=clocks))
    assert sorted(risky[:3], key=lambda clock: clock.id) == list(
        await stores.timers.clocks_by_id([one.id for one in clocks])
    )
    assert not await stores.timers.advance([], seen=[])


async def test_a_clock_that_has_ended_meanwhile_does_not_advance(stores: Stores) -> None:
    running = clock()
    ended = replace(running, state=ClockState.MET, ended_at=NOON, steps=())
    await stores.save_clocks(ended)

    assert not await stores.timers.advance([replace(running, fired=1)], seen=[running])


async def test_due_clocks_come_soonest_first(stores: Stores) -> None:
    soon = clock("a")
    later = clock("b", steps=tuple(structs.replace(s, at=s.at + HOUR) for s in clock().steps))
    never = clock("c", fired=3)
    future = clock("d", steps=tuple(structs.replace(s, at=now() + HOUR) for s in clock().steps))
    await stores.save_clocks(later, never, future, soon)

    assert await stores.timers.due_clocks(10, NO_TIME) == [soon, later]
    # The first step of one came an hour before that of the other.
    between = now() - later.steps[0].at + timedelta(minutes=1)
    assert await stores.timers.due_clocks(10, between) == [soon]
    assert len(await stores.timers.live_clocks(None, 10)) == 4


async def test_clocks_of_another_calendar_are_rescheduled_once_in_portions(
    stores: Stores,
) -> None:
    """An ended clock is history: it keeps the instants by which it was judged."""
    old, older, ended = (
        clock("a", calendar="2025"),
        clock("b", calendar="2027"),
        clock("c", calendar="2025", state=ClockState.MET, ended_at=NOON),
    )
    todays = clock("d", calendar="2026")
    await stores.save_clocks(old, older, ended, todays)

    def later(clock: Clock) -> Clock:
        steps = tuple(structs.replace(step, at=step.at + HOUR) for step in clock.steps)
        return replace(clock, due_at=clock.due_at + HOUR, steps=steps, calendar="2026")

    portions = [await stores.timers.reschedule_clocks("2026", later, 1) for _ in range(3)]

    assert [1, 1, 0] == [len(portion) for portion in portions]
    moved = {one.id: one for portion in portions for one in portion}
    assert {old.id: later(old), older.id: later(older)} == moved
    kept = await stores.timers.clocks_by_id([old.id, ended.id, todays.id])
    assert {one.id: one for one in (later(old), ended, todays)} == {
        snapshot.id: snapshot for snapshot in kept
    }


async def test_clock_locked_by_intake_is_rescheduled_later(stores: Stores) -> None:
    one = clock(calendar="2025")
    await stores.save_clocks(one)
    async with stores.intake.transaction() as transaction:
        held = await transaction.clocks([one.case], [])
        laying = asyncio.create_task(
            stores.timers.reschedule_clocks("2026", lambda clock: replace(clock, calendar="2026"), 10)
        )
        await asyncio.wait({laying}, timeout=0.2)
        await transaction.save_clocks([replace(held[0], calendar="2026")])

    assert [] == await laying


async def test_level_is_held_by_current_staff_of_the_clocks_copropiedad(stores: Stores) -> None:
    one, other = (clock(place, context={"copropiedad_id": place}) for place in ("ph-1", "ph-2"))
    since, until = (now() + timedelta(days=days) for days in (-1, 1))
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one, other])
        await transaction.apply_directory(
            [
                *(person(ref) for ref in ("p-2", "p-3", "p-4")),
                membership("p-2", "copropiedad:ph-2", "staff", duty="management", level=2),
                membership("p-3", "company", "staff", duty="management", level=3),
                membership("p-4", "copropiedad:ph-1", "staff", duty="management", level=4),
                leave("p-3", since.isoformat(), until.isoformat(), None),
            ]
        )

    held = await stores.timers.held_levels([(one, [2, 3, 4]), (other, [2, 3])])

    assert {one.id: {4}, other.id: {2}} == {clock_id: set(levels) for clock_id, levels in held.items()}


async def test_people_are_named_as_the_directory_does(stores: Stores) -> None:
    await stores.apply_directory(person("p-2", names="María Peña"))

    assert {"p-2": "María Peña"} == await stores.timers.names({"p-2", "p-unknown"})


async def test_a_step_of_a_kind_that_only_a_newer_hub_knows_is_read_as_it_stands(stores: Stores) -> None:
    newer = clock(steps=(Step(kind=StepKind("unheard_of"), at=NOON, from_level=1, to_level=1),))
    await stores.save_clocks(newer)

    assert [newer] == list(await stores.timers.clocks_by_id([newer.id]))


async def test_notified_level_is_stored_in_its_step(stores: Stores) -> None:
    step = Step(kind=StepKind.ESCALATE, at=NOON, from_level=1, to_level=2)
    later = Step(kind=StepKind.ESCALATE, at=NOON + HOUR, from_level=2, to_level=3)
    seen = clock(steps=(step, later))
    await stores.save_clocks(seen)
    advanced = replace(seen, steps=(structs.replace(step, told=3), later), fired=1, level=3)

    assert await stores.timers.advance([advanced], seen=[seen])
    assert [advanced] == list(await stores.timers.clocks_by_id([seen.id]))


async def test_clocks_whose_first_step_is_due_are_watched_with_their_places(stores: Stores) -> None:
    context = {"copropiedad_id": "ph-1", "unit_id": "u-1"}
    due, late = clock("c-due", context=context), clock("c-late", started_at=NOON + HOUR)
    steps = tuple(structs.replace(step, at=step.at + HOUR) for step in late.steps)
    over = clock("c-over", ended_at=NOON + HOUR, state=ClockState.MET)
    paused = clock("c-paused", course=ClockHistory(pauses=(Pause(since=NOON),)))
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(
            [copropiedad("ph-1", name="Altos"), unit("u-1", tower="2", label="Apto 101")]
        )
        await transaction.save_clocks([due, replace(late, steps=steps), over, paused])
    [found] = await stores.timers.watched_clocks(NOON + HOUR, None, 9)

    assert (due.id, "ph-1", "Altos", "Torre 2 Apto 101") == (
        found.clock.id,
        found.place,
        found.building,
        found.unit,
    )
    assert [] == list(await stores.timers.watched_clocks(NOON + HOUR, due.id, 9))


async def test_people_of_groups_are_found_for_the_timers(stores: Stores) -> None:
    group = Group(level=2, copropiedad_id="ph-1")
    await stores.apply_directory(
        person("p-1"), membership("p-1", "company", "staff", duty="operations", level=2)
    )
    found = await stores.timers.people({group})

    assert ["p-1"] == [one.ref for one in found[group]]
