"""A process's clock, corrected by the database's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.errors import StorageUnavailable
from hub.resilience.database_time import DatabaseTime
from hub.testing import SettableClock
from tests.unit.factories import HOUR, MONDAY, SECOND

RIGHT = timedelta(0)


class Clocks:
    """The process's clock, and the database's, which is `ahead`; its answer takes `there` and `back`."""

    def __init__(self) -> None:
        self.local = SettableClock(MONDAY)
        self.now = DatabaseTime(self.local)
        self.ahead = self.there = self.back = timedelta(0)

    async def ask(self) -> datetime:
        self.local.advance(self.there)
        time = self.local() + self.ahead
        self.local.advance(self.back)
        return time

    async def compare(
        self, ahead: timedelta, *, there: timedelta = RIGHT, back: timedelta = RIGHT
    ) -> timedelta:
        self.ahead, self.there, self.back = ahead, there, back
        await self.now.compare(self.ask)
        return self.now.offset


@pytest.mark.parametrize("ahead", [2 * HOUR, -2 * HOUR, 3 * SECOND])
async def test_wrong_clock_is_corrected_by_the_databases(ahead: timedelta) -> None:
    clocks = Clocks()

    assert await clocks.compare(ahead) == ahead
    assert clocks.now() == MONDAY + ahead


@pytest.mark.parametrize("ahead", [SECOND, -SECOND, timedelta(milliseconds=3)])
async def test_clock_that_is_right_within_a_second_is_left_alone(ahead: timedelta) -> None:
    assert await Clocks().compare(ahead) == RIGHT


@pytest.mark.parametrize("ahead", [-20 * SECOND, 20 * SECOND, RIGHT])
async def test_slow_answer_says_nothing_that_its_round_trip_explains(ahead: timedelta) -> None:
    clocks = Clocks()

    assert await clocks.compare(ahead, there=30 * SECOND, back=30 * SECOND) == RIGHT
    await clocks.compare(HOUR)
    assert await clocks.compare(HOUR + ahead, there=30 * SECOND, back=30 * SECOND) == HOUR


async def test_slow_answer_says_what_its_round_trip_does_not_explain() -> None:
    assert await Clocks().compare(HOUR, there=10 * SECOND, back=20 * SECOND) == HOUR - 20 * SECOND
    assert await Clocks().compare(-HOUR, there=10 * SECOND, back=20 * SECOND) == 10 * SECOND - HOUR


async def test_clock_that_was_mended_needs_no_correction() -> None:
    clocks = Clocks()
    await clocks.compare(2 * HOUR)

    assert await clocks.compare(timedelta(milliseconds=1)) == RIGHT


async def test_clock_that_is_set_back_while_it_is_compared_changes_nothing() -> None:
    assert await Clocks().compare(RIGHT, back=-HOUR) == RIGHT


async def test_last_comparison_holds_while_the_database_is_away() -> None:
    clocks = Clocks()
    await clocks.compare(2 * HOUR)
    with pytest.raises(StorageUnavailable):
        await clocks.now.compare(_away)

    assert clocks.now() == MONDAY + 2 * HOUR


async def _away() -> datetime:
    raise StorageUnavailable
