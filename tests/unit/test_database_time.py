"""A process compares its clock with the database's, corrects it, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from hub.app import time_check
from hub.errors import StorageUnavailable
from hub.resilience.database_time import NOW, DatabaseTime
from hub.tasks import cancel
from hub.testing import MemoryMonitor, MemoryStore, SettableClock
from tests.acceptance.harness import until
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


class Database(MemoryMonitor):
    """A database whose clock is `ahead` of this machine's."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        super().__init__(MemoryStore(self.time), self.time)

    def time(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(NOW, "offset", timedelta(0))
    monkeypatch.setattr(time_check, "AGAIN", 0.0)
    yield Database()
    NOW.offset = timedelta(0)


async def test_wrong_clock_is_said_once_and_corrected(database: Database) -> None:
    database.ahead = 2 * HOUR
    with capture_logs() as logs:
        await time_check.begin(database)
        await time_check.compare(database)

    assert abs(NOW() - database.time()) < SECOND
    assert ["clock.wrong"] == [entry["event"] for entry in logs]
    assert logs[0]["seconds_behind"] == pytest.approx(7_200, abs=1)
    assert REGISTRY.get_sample_value(time_check.METRIC) == pytest.approx(7_200, abs=1)


async def test_clock_that_is_right_is_said_only_after_a_wrong_one(database: Database) -> None:
    with capture_logs() as logs:
        for ahead in (timedelta(0), -HOUR, timedelta(0)):
            database.ahead = ahead
            await time_check.compare(database)

    assert ["clock.wrong", "clock.right"] == [entry["event"] for entry in logs]
    assert NOW.offset == timedelta(0)


async def test_work_begins_when_the_clocks_have_been_compared(database: Database) -> None:
    database.ahead = HOUR
    database.faults.script("clock", StorageUnavailable(), StorageUnavailable())
    await time_check.begin(database)

    assert NOW.offset > 59 * HOUR / 60


async def test_last_check_holds_while_the_database_is_away(database: Database) -> None:
    database.ahead = HOUR
    await time_check.begin(database)
    database.faults.script("clock", StorageUnavailable())

    assert not await time_check.compare(database)
    assert NOW.offset > 59 * HOUR / 60


async def test_clock_is_reported_for_its_host_as_often_as_the_monitor_looks(database: Database) -> None:
    running = asyncio.create_task(time_check.run(database, "uno:41", SECOND / 100))
    try:
        await until(partial(reports, database, wrong=False), "its clock to be reported")
        right = await database.clock_offsets(HOUR)
        database.ahead = HOUR
        await until(partial(reports, database, wrong=True), "its wrong clock to be reported")
    finally:
        await cancel(running)

    assert right == {"uno": timedelta(0)}
    assert (await database.clock_offsets(2 * HOUR))["uno"] > 59 * HOUR / 60


async def reports(database: Database, *, wrong: bool) -> bool:
    offset = (await database.clock_offsets(2 * HOUR)).get("uno")
    return offset is not None and bool(offset) is wrong
