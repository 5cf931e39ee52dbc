"""The contract of Throttle: in memory, in Redis, and in a process without Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from hub.model import Lane
from hub.ports import Throttle
from hub.resilience.rate_limit import LONGEST_LINE, Rate, SendRecord
from hub.storage import RedisThrottle
from hub.testing import MemoryThrottle
from tests.servers import RedisPlace

NOTHING = timedelta(0)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
NOWHERE = {"away": "redis://127.0.0.1:1/0", "away_cluster": "redis+cluster://127.0.0.1:1,127.0.0.1:2"}


@pytest.fixture(params=["memory", "server", "cluster", "away", "away_cluster"])
def place(request: pytest.FixtureRequest) -> str | None:
    """Redis' URL; None for the throttle in memory. Not async, because it requests async fixtures."""
    if request.param == "memory" or request.param in NOWHERE:
        return NOWHERE.get(request.param)
    found: RedisPlace = request.getfixturevalue(f"{request.param}_place")
    return found.url


@pytest.fixture
async def throttle(place: str | None) -> AsyncIterator[Throttle]:
    if place is None:
        yield MemoryThrottle(time.monotonic)
        return
    kept = RedisThrottle(place, urgent_share=0.2, local_share=1)
    yield kept
    await kept.aclose()


async def taken(throttle: Throttle, rate: Rate, lanes: list[Lane], key: str = "sms:twilio") -> list[bool]:
    return [await throttle.take(key, rate, lane) == NOTHING for lane in lanes]


def about(number: int, whole: timedelta) -> Any:
    return pytest.approx(number * whole.total_seconds(), abs=0.5)


async def test_a_fifth_of_the_rate_is_reserved_for_urgent_messages(throttle: Throttle) -> None:
    rate = Rate(100, HOUR)  # ten at once, eight of them not urgent
    found = await taken(throttle, rate, [Lane.BULK] * 9 + [Lane.NORMAL] + [Lane.URGENT] * 3)

    assert found == [True] * 8 + [False] * 2 + [True] * 2 + [False]


async def test_refused_caller_gets_a_place_in_the_queue(throttle: Throttle) -> None:
    rate = Rate(10, HOUR)  # one per six minutes; non-urgent ones per seven and a half
    waits = [await throttle.take("sms:slow", rate, Lane.NORMAL) for _ in range(4)]
    urgent = [await throttle.take("sms:slow", rate, Lane.URGENT) for _ in range(3)]

    assert [wait.total_seconds() for wait in waits] == [
        0,
        about(450, SECOND),
        about(900, SECOND),
        about(900, SECOND),
    ]
    assert [wait.total_seconds() for wait in urgent] == [0, about(360, SECOND), about(720, SECOND)]
    assert max(waits) <= LONGEST_LINE


async def test_rate_refills_over_time(throttle: Throttle) -> None:
    rate = Rate(20, SECOND)
    while not (wait := await throttle.take("sms:fast", rate, Lane.NORMAL)):
        pass
    began = time.monotonic()
    while wait := await throttle.take("sms:fast", rate, Lane.NORMAL):
        assert time.monotonic() < began + 5
        await asyncio.sleep(wait.total_seconds())


async def test_one_provider_does_not_delay_another(throttle: Throttle) -> None:
    rate = Rate(1, HOUR)

    assert await taken(throttle, rate, [Lane.BULK] * 2) == [True, False]
    assert await taken(throttle, rate, [Lane.BULK], key="sms:twilio-2") == [True]


def entry(member: str, person: str = "p-1", rate: Rate | None = None) -> SendRecord:
    return SendRecord(key=f"email:{person}", member=member, rate=rate or Rate(2, HOUR))


async def test_person_gets_the_limit_and_the_rest_later(throttle: Throttle) -> None:
    rate = Rate(3, HOUR)
    one, two, three, four = await throttle.admit([entry(name, rate=rate) for name in "abcd"])
    other = await throttle.admit([entry("e", person="p-2", rate=rate)])

    assert [one, two, three, *other] == [NOTHING] * 4
    assert four.total_seconds() == about(1, HOUR)


async def test_logged_message_is_admitted_again(throttle: Throttle) -> None:
    await throttle.admit([entry("a"), entry("b")])

    assert list(await throttle.admit([entry(name) for name in "abba"])) == [NOTHING] * 4


async def test_limit_resets_after_its_period(throttle: Throttle) -> None:
    rate = Rate(1, timedelta(milliseconds=200))
    await throttle.admit([entry("a", rate=rate)])
    (wait,) = await throttle.admit([entry("b", rate=rate)])
    assert NOTHING < wait <= rate.per

    deadline = time.monotonic() + 5
    while (await throttle.admit([entry("b", rate=rate)])) != [NOTHING]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_no_entries_give_no_answers(throttle: Throttle) -> None:
    assert list(await throttle.admit([])) == []
