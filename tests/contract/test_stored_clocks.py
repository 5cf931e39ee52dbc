"""What the stores promise of clocks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

from hub.business_time import BusinessDays
from hub.model import Acknowledgement, Clock, ClockState, Course, Pause, Promise
from tests.contract.stores import Stores
from tests.contract.values import (
    HOUR,
    NOON,
    clock,
    now,
)


async def test_a_clock_comes_back_as_it_went_in(stores: Stores) -> None:
    one = clock()
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one, clock("pqrs_id:PQ-2")])

        assert await transaction.clocks(["pqrs_id:PQ-1"]) == [one]
    assert await stores.timers.clocks_by_id([one.id, uuid4()]) == [one]


async def test_what_has_befallen_a_clock_comes_back_as_it_went_in(stores: Stores) -> None:
    course = Course(
        pauses=(Pause(since=NOON, until=NOON + HOUR), Pause(since=NOON + 2 * HOUR)),
        extended_at=NOON,
        extended_to=NOON + 4 * HOUR,
        acknowledged=(Acknowledgement(level=2, at=NOON, by="p-ana"),),
        reopened=(NOON,),
    )
    promise = Promise(target=BusinessDays(15), ladder=(BusinessDays(15),), extension=BusinessDays(15))
    one = clock(course=course, promise=promise, calendar="c-1", ended_by=uuid4())
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])

        assert await transaction.clocks([one.case]) == [one]


async def test_a_clock_that_stands_still_is_never_due_and_goes_on_where_it_was(stores: Stores) -> None:
    paused = clock(course=Course(pauses=(Pause(since=NOON),)))
    resumed = replace(paused, course=Course(pauses=(Pause(since=NOON, until=NOON + HOUR),)))
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([paused])
    due_while_paused = await stores.timers.due_clocks(10)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([resumed])

    assert [] == due_while_paused
    assert [resumed] == await stores.timers.due_clocks(10)


async def test_an_ended_clock_is_neither_due_nor_live(stores: Stores) -> None:
    met = clock(state=ClockState.MET, ended_at=NOON)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([met])

    assert [] == await stores.timers.due_clocks(10)
    assert [] == await stores.timers.live_clocks(None, 10)


async def test_a_timer_waits_for_intake_and_then_sees_that_the_clock_is_another(stores: Stores) -> None:
    one = clock()
    moved = replace(one, steps=tuple(replace(step, at=step.at + HOUR) for step in one.steps))
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])
    async with stores.intake.transaction() as transaction:
        await transaction.clocks([one.case])
        firing = asyncio.create_task(
            stores.timers.advance(replace(one, fired=1, state=ClockState.AT_RISK), seen=one)
        )
        done, _ = await asyncio.wait({firing}, timeout=0.2)
        await transaction.save_clocks([moved])

    assert set() == done
    assert not await firing
    assert [moved] == await stores.timers.clocks_by_id([one.id])


async def test_a_clock_advances_only_from_where_it_was_seen(stores: Stores) -> None:
    one = clock()
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])
    risky = replace(one, fired=1, state=ClockState.AT_RISK)

    assert await stores.timers.advance(risky, seen=one)
    assert not await stores.timers.advance(risky, seen=one)
    assert await stores.timers.clocks_by_id([one.id]) == [risky]


async def test_an_ended_clock_does_not_advance(stores: Stores) -> None:
    one = clock(state=ClockState.MET, ended_at=NOON)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])

    assert not await stores.timers.advance(replace(one, fired=1), seen=one)


async def test_due_clocks_come_soonest_first(stores: Stores) -> None:
    soon = clock("a")
    later = clock("b", steps=tuple(replace(s, at=s.at + HOUR) for s in clock().steps))
    never = clock("c", fired=3)
    future = clock("d", steps=tuple(replace(s, at=now() + HOUR) for s in clock().steps))
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([later, never, future, soon])

    assert await stores.timers.due_clocks(10) == [soon, later]
    assert len(await stores.timers.live_clocks(None, 10)) == 4


async def test_clocks_of_another_calendar_are_laid_out_anew_in_portions_and_then_left_alone(
    stores: Stores,
) -> None:
    """An ended one is history: it keeps the instants by which it was judged."""
    old, older, ended = (
        clock("a", calendar="2025"),
        clock("b", calendar="2027"),
        clock("c", calendar="2025", state=ClockState.MET, ended_at=NOON),
    )
    todays = clock("d", calendar="2026")
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([old, older, ended, todays])

    def later(one: Clock) -> Clock:
        steps = tuple(replace(step, at=step.at + HOUR) for step in one.steps)
        return replace(one, due_at=one.due_at + HOUR, steps=steps, calendar="2026")

    portions = [await stores.timers.lay_out_anew("2026", later, 1) for _ in range(3)]

    assert [1, 1, 0] == [len(portion) for portion in portions]
    moved = {one.id: one for portion in portions for one in portion}
    assert {old.id: later(old), older.id: later(older)} == moved
    kept = await stores.timers.clocks_by_id([old.id, ended.id, todays.id])
    assert {one.id: one for one in (later(old), ended, todays)} == {one.id: one for one in kept}


async def test_a_clock_that_intake_holds_is_laid_out_anew_another_time(stores: Stores) -> None:
    one = clock(calendar="2025")
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])
    async with stores.intake.transaction() as transaction:
        held = await transaction.clocks([one.case])
        laying = asyncio.create_task(
            stores.timers.lay_out_anew("2026", lambda clock: replace(clock, calendar="2026"), 10)
        )
        await asyncio.wait({laying}, timeout=0.2)
        await transaction.save_clocks([replace(held[0], calendar="2026")])

    assert [] == await laying
