"""Urgent work goes first within a process."""

from __future__ import annotations

import asyncio
import time

import pytest

from hub.intake.process_batch import AT_A_TIME
from hub.resilience import right_of_way
from hub.resilience.right_of_way import RIGHT_OF_WAY, RightOfWay
from hub.tasks import cancel
from tests.unit.factories import event
from tests.unit.hub_in_memory import memory_hub


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
