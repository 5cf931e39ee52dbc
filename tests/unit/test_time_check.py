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
from hub.resilience.database_time import NOW
from hub.tasks import cancel
from hub.testing import MemoryMonitor, MemoryStore
from tests.acceptance.harness import until
from tests.unit.factories import HOUR, SECOND


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


async def test_last_comparison_holds_while_the_database_is_away(database: Database) -> None:
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
