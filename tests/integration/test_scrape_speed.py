"""A long history: a scrape of the metrics reads only live rows."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
from asyncpg import Record

from hub.channels.registry import QUEUES
from hub.storage import Database, PostgresLog, PostgresMonitor, PostgresMonths
from hub.storage.log import MANY
from hub.web.monitoring.gauges import Figures
from hub.web.monitoring.remembered import Counted
from tests.integration.query_plans import nodes
from tests.servers import Servers

ROWS: Final = 50_000
LIVE: Final = 50
"""Rows of each kind that have not ended."""
SWEEPS: Final = 17
"""The numbers of sweeps that the queues are looked up by."""
FILL: Final = (
    """
    INSERT INTO message (
        id, event_key, created_at, audience, step, state, channel, lane, purpose, event, event_id, occasion,
        person, contact_id, address, name, locale, next_at
    )
    SELECT gen_random_uuid(), gen_random_uuid(), now() - n * interval '7 seconds', 0, 0,
           CASE WHEN n > $2 THEN CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'delivered' END
                ELSE (ARRAY['queued', 'sending', 'held', 'retrying'])[1 + n % 4] END,
           'email', 'normal', 'service', 'pqrs.received', 'event-' || n, 'initial', 'p-' || n, 'm',
           'somebody@example.com', 'Somebody', 'es', CASE WHEN n <= $2 AND n % 4 > 0 THEN now() END
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO clock (
        id, started_at, due_at, ended_at, level, fired, case_key, name, state, promise, course, steps, step_at
    )
    SELECT gen_random_uuid(), now(), now(), CASE WHEN n > $2 THEN now() END, 1, 0, 'case:' || n,
           'first_reply', (ARRAY['breached', 'met'])[1 + (n % 2) * (n > $2)::int], '{}', '{}', '[]', '{}'
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO dead_letter (id, received_at, state, reason, routing_key, headers, body)
    SELECT gen_random_uuid(), now(), CASE WHEN n > $2 THEN 'discarded' ELSE 'open' END, 'not JSON', 'x',
           '{}', ''
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO attempt (message_id, at, took, outcome, provider, code)
    SELECT gen_random_uuid(), now(), '1s', CASE WHEN n > $2 THEN 'unknown' ELSE 'accepted' END, 'smtp', '250'
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO unreached (event_key, reasons)
    SELECT gen_random_uuid(), ARRAY['unknown_unit'] FROM generate_series(1, $1::int) n WHERE n > $2
    """,
    """
    INSERT INTO inbox_item (id, person, event, subject, text, html, created_at, read_at)
    SELECT gen_random_uuid(), 'p-' || n, 'pqrs.received', '', '', '', now(), CASE WHEN n > $2 THEN now() END
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO trouble (key, since, seen_at, detail, told_at, resolved_at, resolution_told_at)
    SELECT 'server:redis', now() - n * interval '1 s', now(), '{"measured": ""}', now(),
           now() - n * interval '1 s', now()
    FROM generate_series(1, $1::int / 10) n WHERE n > $2
    """,
)
TABLES: Final = ("message", "clock", "dead_letter", "attempt", "unreached", "trouble", "event", "inbox_item")

pytestmark = [pytest.mark.slow]


class WatchedDatabase(Database):
    """Explains each statement beside running it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.plans: list[dict[str, Any]] = []

    async def rows(self, statement: str, *arguments: object) -> list[Record]:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        [row] = await super().rows(explained, *arguments)
        self.plans.append(row["QUERY PLAN"][0]["Plan"])
        return await super().rows(statement, *arguments)


@pytest.fixture
async def filled(servers: Servers) -> AsyncIterator[WatchedDatabase]:
    async with servers.filled_database("ended", fill) as url, WatchedDatabase(url) as watched:
        yield watched


async def fill(url: str) -> None:
    async with Database(url) as opened:
        for statement in FILL:
            await opened.rows(statement, ROWS, LIVE)
        for table in TABLES:
            # As autovacuum does, which has the time for it in a hub that lives.
            await opened.rows(f"VACUUM ANALYZE {table}")


def of_tables(database: WatchedDatabase) -> list[Mapping[str, Any]]:
    return [
        node
        for plan in database.plans
        for node in nodes(plan)
        if node.get("Relation Name") in TABLES or "Index Name" in node
    ]


async def test_a_scrape_reads_only_what_has_not_ended(filled: WatchedDatabase) -> None:
    counts = await Counted(PostgresLog(filled)).live()
    figures = await Figures(PostgresMonitor(filled, QUEUES)).get()
    seen = of_tables(filled)
    scans = [node["Relation Name"] for node in seen if node["Node Type"] == "Seq Scan"]
    rows = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in seen
    )
    buffers = sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in filled.plans)

    assert LIVE == sum(counts["messages"].values())
    assert ({"breached": LIVE}, {"open": LIVE}) == (counts["clocks"], counts["dead"])
    assert 11 == len(figures)
    assert [] == scans
    # Live rows are read for their counts, ages and names; of resolved incidents 500 are shown.
    assert rows <= 8 * LIVE + 2 * 500
    # An index of fifty thousand rows has hundreds of pages. In each other month, which is nearly empty
    # here, the look at the queues reads the first two of one index for each queue and number of sweeps.
    others = len(await PostgresMonths(filled).months()) - 1
    assert buffers <= 1500 + others * len(QUEUES) * SWEEPS * 2


async def test_the_page_counts_only_so_many_of_what_has_ended(filled: WatchedDatabase) -> None:
    counts = await PostgresLog(filled).counts()
    rows = sum(node["Actual Rows"] * node["Actual Loops"] for node in of_tables(filled))

    assert {"delivered": MANY, "failed": ROWS // 50 - 1} == {
        state: counts["messages"][state] for state in ("delivered", "failed")
    }
    assert {"breached": LIVE, "met": MANY} == counts["clocks"]
    assert {"open": LIVE, "discarded": MANY} == counts["dead"]
    assert rows <= 8 * MANY
