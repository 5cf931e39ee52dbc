"""Who goes first: the connection slots of a provider, and urgent work within a process."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.connection_slots import ConnectionSlots
from hub.intake.process_batch import AT_A_TIME
from hub.model import Lane
from hub.resilience import right_of_way
from hub.resilience.right_of_way import RIGHT_OF_WAY, RightOfWay
from hub.tasks import cancel
from tests.unit.factories import event
from tests.unit.hub_in_memory import memory_hub

SOON = 5.0


async def take(places: ConnectionSlots, lane: Lane, patience: float = SOON) -> None:
    await places.take(lane, asyncio.get_running_loop().time() + patience)


async def full(size: int) -> ConnectionSlots:
    """Places of which bulk messages hold as many as they may."""
    places = ConnectionSlots(size)
    with suppress(TimeoutError):
        while True:
            await take(places, Lane.BULK, 0)
    return places


@pytest.mark.parametrize(("size", "kept"), [(1, 0), (2, 1), (5, 1), (8, 2), (10, 2), (50, 10)])
async def test_a_fifth_is_kept_for_urgent(size: int, kept: int) -> None:
    places = await full(size)

    for _ in range(kept):
        await take(places, Lane.URGENT, 0)
    with pytest.raises(TimeoutError):
        await take(places, Lane.URGENT, 0)


async def test_urgent_may_hold_everything_and_then_the_others_wait() -> None:
    places = ConnectionSlots(5)
    for _ in range(5):
        await take(places, Lane.URGENT, 0)
    waiting = asyncio.create_task(take(places, Lane.NORMAL))
    await asyncio.sleep(0)

    assert not waiting.done()
    places.give_back(Lane.URGENT)
    await waiting


async def test_a_place_that_is_given_back_goes_to_urgent_first_then_in_order() -> None:
    places, served = await full(1), list[str]()

    async def wait(name: str, lane: Lane) -> None:
        await take(places, lane)
        served.append(name)
        places.give_back(lane)

    names = [("bulk", Lane.BULK), ("first", Lane.NORMAL), ("second", Lane.NORMAL), ("urgent", Lane.URGENT)]
    tasks = [asyncio.create_task(wait(*arguments)) for arguments in names]
    await asyncio.sleep(0)
    places.give_back(Lane.BULK)
    await asyncio.gather(*tasks)

    assert ["urgent", "first", "second", "bulk"] == served


@given(st.lists(st.tuples(st.sampled_from(Lane), st.booleans()), max_size=40), st.integers(1, 10))
def test_whoever_gives_up_loses_no_place(asked: list[tuple[Lane, bool]], size: int) -> None:
    async def hold(places: ConnectionSlots, lane: Lane) -> None:
        await take(places, lane)
        try:
            await asyncio.sleep(0)
        finally:
            places.give_back(lane)

    async def trial() -> None:
        places = ConnectionSlots(size)
        tasks = [(asyncio.create_task(hold(places, lane)), gives_up) for lane, gives_up in asked]
        await asyncio.sleep(0)
        for task, gives_up in tasks:
            if gives_up:
                task.cancel()
        await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)
        for _ in range(size):
            await take(places, Lane.URGENT, 0)

    asyncio.run(trial())


async def test_other_work_waits_until_urgent_work_has_ended() -> None:
    way = RightOfWay()
    ended: list[str] = []
    go_on = asyncio.Event()

    async def urgent() -> None:
        with way.taken():
            await go_on.wait()
            await way.pause()
            ended.append("urgent")

    async def bulk() -> None:
        await way.pause()
        ended.append("bulk")

    tasks = [asyncio.create_task(urgent()), asyncio.create_task(bulk())]
    await asyncio.sleep(4 * right_of_way.LOOK)
    assert ended == []
    go_on.set()
    await asyncio.gather(*tasks)

    assert ended == ["urgent", "bulk"]


async def test_without_urgent_work_a_pause_is_one_turn() -> None:
    began = time.monotonic()
    for _ in range(100):
        await RightOfWay().pause()

    assert time.monotonic() - began < right_of_way.LIMIT


async def test_an_open_transaction_waits_for_no_urgent_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "LIMIT", 60)
    hub = memory_hub()
    # So few that decoding does not pause, and so many audiences that planning gives others their turn.
    payments = [event("admin.payment.received", id=f"payment-{number}") for number in range(AT_A_TIME)]

    async def hang() -> None:
        with RIGHT_OF_WAY.taken():
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang())
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(10):
            await hub.take_in(*payments)
    finally:
        await cancel(hanging)

    assert all(hub.stored(payment).planned for payment in payments)


async def test_urgent_work_that_takes_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "LIMIT", 0.05)
    way = RightOfWay()

    async def hang() -> None:
        with way.taken():
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await way.pause()
    await cancel(hanging)
    began = time.monotonic()
    await way.pause()

    assert time.monotonic() - began < 0.05
