"""What the stores promise of clocks."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from hub.model import ClockState
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


async def test_saving_a_clock_never_takes_back_what_was_fired(stores: Stores) -> None:
    one = clock()
    breached = replace(one, fired=2, state=ClockState.BREACHED, level=2)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([breached])
        await transaction.save_clocks([replace(one, due_at=NOON + 3 * HOUR)])

        assert await transaction.clocks([one.case]) == [replace(breached, due_at=NOON + 3 * HOUR)]


async def test_an_ended_clock_keeps_what_was_fired_and_takes_its_verdict(stores: Stores) -> None:
    one = clock()
    met = replace(one, state=ClockState.MET, ended_at=NOON)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([replace(one, fired=1, state=ClockState.AT_RISK)])
        await transaction.save_clocks([met])

        assert await transaction.clocks([one.case]) == [replace(met, fired=1)]
    assert await stores.timers.due_clocks(10) == []
    assert await stores.timers.live_clocks(None, 10) == []


async def test_a_clock_advances_only_from_where_it_was_seen(stores: Stores) -> None:
    one = clock()
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])
    risky = replace(one, fired=1, state=ClockState.AT_RISK)

    assert await stores.timers.advance(risky, expected_fired=0)
    assert not await stores.timers.advance(risky, expected_fired=0)
    assert await stores.timers.clocks_by_id([one.id]) == [risky]


async def test_an_ended_clock_does_not_advance(stores: Stores) -> None:
    one = clock(state=ClockState.MET, ended_at=NOON)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([one])

    assert not await stores.timers.advance(replace(one, fired=1), expected_fired=0)


async def test_due_clocks_come_soonest_first(stores: Stores) -> None:
    soon = clock("a")
    later = clock("b", steps=tuple(replace(s, at=s.at + HOUR) for s in clock().steps))
    never = clock("c", fired=3)
    future = clock("d", steps=tuple(replace(s, at=now() + HOUR) for s in clock().steps))
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([later, never, future, soon])

    assert await stores.timers.due_clocks(10) == [soon, later]
    assert len(await stores.timers.live_clocks(None, 10)) == 4
