"""The connection slots of a provider, and the order of those who wait for one."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.connection_slots import ConnectionSlots
from hub.model import Lane

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
