"""A long history is rehearsed in a stated time, in memory that does not grow with it."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from hub.catalog import BY_NAME
from hub.model import Period, StoredEvent
from hub.operations.simulate.comparison import Comparison
from hub.operations.simulate.simulate import add_cases, add_contacts
from hub.policy import load_policy
from hub.storage import Database, PostgresHistory
from tests.contract.stores import stores_in
from tests.integration.test_directory_speed import report
from tests.unit.factories import HOUR, MONDAY, POLICY, event, stored

pytestmark = pytest.mark.chaos

DAYS: Final = 90
PERIOD: Final = Period(since=MONDAY, until=MONDAY + timedelta(days=DAYS))
NAMES: Final = ("pqrs.received", "pqrs.assigned", "pqrs.replied", "pqrs.responded")
"""The life of each petition: four events, two clocks."""
COPIES: Final = """
INSERT INTO event (
    key, source, id, type, time, case_key, copropiedad_id, unit_id,
    subject, datacontenttype, dataschema, data, extensions, planned_at, waiting
)
SELECT encode(overlay(
           uuid_send(gen_random_uuid())
           PLACING substring(int8send((extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1
       ), 'hex')::uuid,
       source, replace(id, ' 0', ' ' || n), type, at, replace(case_key, 'PQ-0', 'PQ-' || n), copropiedad_id,
       unit_id, subject, datacontenttype, dataschema, data || jsonb_build_object('pqrs_id', 'PQ-' || n),
       extensions, planned_at, waiting
FROM event, generate_series(1, $1::int - 1) n, LATERAL (
    SELECT $2::timestamptz + $3::interval * n / $1::int
           + (time - $2::timestamptz) * (1 + 29 * (n * 7919 % 1000) / 1000.0) AS at
) paced
WHERE id LIKE '% 0'
ON CONFLICT DO NOTHING
"""
"""
Petitions that begin all over the period; the pace of each is its own, an hour to thirty.

A key begins with the time of its event, as the hub makes it.
"""
MESSAGES: Final = """
INSERT INTO message (
    id, event_key, created_at, audience, step, state, channel, lane, purpose, event, event_id, occasion,
    person, contact_id, address, name, locale
)
SELECT encode(set_byte(uuid_send(key), 15, n), 'hex')::uuid, key, time, 0, 0, 'sent', 'email', 'normal',
       'service', 'pqrs.received', id, 'initial', 'p-' || n, 'm', 'somebody@example.com', 'Somebody', 'es'
FROM event, generate_series(1, 2) n
ON CONFLICT DO NOTHING
"""
STRICTER: Final = """
[calendar]
week = { sat = [["08:00", "13:00"]] }
[clocks.first_reply]
target = "16h"
ladder = ["16h", "8h", "8h", "8h"]
"""


def first_case() -> list[StoredEvent]:
    """Make the petition that the others are copies of; an hour lies between its events."""
    return [
        stored(event(name, {"pqrs_id": "PQ-0"}, at=PERIOD.since + HOUR * step, id=f"{name} 0"))
        for step, name in enumerate(NAMES)
    ]


async def fill(database: Database, count: int) -> None:
    await stores_in(database).add_events(*first_case())
    await database.rows(COPIES, count, PERIOD.since, timedelta(days=DAYS))
    await database.rows(MESSAGES)
    await database.rows("ANALYZE")


async def rehearse(comparison: Comparison, database: Database, **how: int) -> None:
    async with PostgresHistory(database, **how).reading() as history:
        await add_cases(comparison, history, BY_NAME, lambda _done, _whole: None)
        await add_contacts(comparison, history, lambda _done, _whole: None)


@pytest.fixture
def stricter(tmp_path: Path) -> Callable[[], Comparison]:
    file = tmp_path / "new.toml"
    file.write_text(STRICTER, encoding="utf-8")
    policy = load_policy(file)
    return lambda: Comparison(POLICY, policy, period=PERIOD, catalog=BY_NAME, listed=20)


@pytest.mark.timeout(300)
@pytest.mark.slow
async def test_a_long_history_is_rehearsed_in_far_less_than_a_millisecond_for_each_event(
    database: str, stricter: Callable[[], Comparison]
) -> None:
    each: list[float] = []
    async with Database(database) as opened:
        for events in (4_000, 25_000):
            comparison = stricter()
            await fill(opened, events // len(NAMES))
            began, worked = time.perf_counter(), time.process_time()
            await rehearse(comparison, opened)
            took, worked = time.perf_counter() - began, time.process_time() - worked
            each.append(worked / events)
            report(
                f"{events} events and {comparison.messages} messages in {took:.1f} s, {worked:.1f} of work:"
                f" {comparison.before.total}, {comparison.after.total}"
            )

            assert events // len(NAMES) == comparison.cases
            assert not comparison.same
    # Seconds of this process's own work, without the machine's other work: 0.0002 are usual, with two
    # messages.
    assert max(each) < 0.001
    # A quarter of the events shows what would grow with their square as plainly as all 100,000 would.
    assert each[1] < 2 * each[0]


async def test_the_memory_that_a_rehearsal_takes_does_not_grow_with_the_history(
    database: str, stricter: Callable[[], Comparison]
) -> None:
    comparison = stricter()
    peaks: list[int] = []
    async with Database(database) as opened:
        for count in (125, 500):
            await fill(opened, count)
            await rehearse(comparison, opened, page=50)  # parts that are made once and kept
            tracemalloc.start()
            await rehearse(comparison, opened, page=50)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    report(f"peaks of 500 and 2,000 events, in bytes: {peaks}")

    assert peaks[1] < 1.3 * peaks[0]
