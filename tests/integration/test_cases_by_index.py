"""The lists of cases and promises read what they show, however many payments and old cases there are."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import asyncpg
import pytest

from hub.desk.cases import queries as cases
from hub.desk.matters import queries as matters
from hub.desk.matters.rows import MatterKind, MattersQuery, MatterView
from hub.model.casework import CaseKind
from hub.ports import BoardFilter, CaseFilter
from hub.storage import Database
from hub.storage.log import PostgresLog
from tests.integration.query_plans import nodes

FILL = """
INSERT INTO event (key, time, waiting, source, id, type, case_key, copropiedad_id, data)
SELECT (lpad(to_hex(1770000000000 + n), 12, '0') || substr(md5(n::text), 1, 20))::uuid,
       now() - n * interval '1 s', false, 'urn:x', n::text, 'co.coproservicios.' || kind || '.v1', of_case,
       'ph-1', '{}'
FROM generate_series(1, 20000) AS n CROSS JOIN LATERAL (
    SELECT 'pqrs.received' AS kind, 'pqrs_id:' || n / 40 AS of_case WHERE n % 20 = 0
    UNION ALL
    SELECT 'admin.payment.received', 'unit_id:' || n % 300 WHERE n % 20 > 0
) AS happened
"""
CLOCKS = """
INSERT INTO clock (
    id, started_at, due_at, ended_at, level, fired, case_key, name, state, steps, promise, calendar, step_at,
    copropiedad_id
)
SELECT gen_random_uuid(), now(), now() + n * interval '1 s', CASE WHEN n % 50 > 0 THEN now() END, 1, 0,
       'pqrs_id:' || n, 'first_reply', CASE WHEN n % 50 > 0 THEN 'met' ELSE 'open' END, '[]', '{}', '',
       '{}', 'ph-1'
FROM generate_series(1, 20000) AS n
"""
JOINED = """
INSERT INTO case_merge (case_key, into_case, was_open, by)
SELECT 'pqrs_id:' || n, 'pqrs_id:' || n - 50, true, 'ana' FROM generate_series(100, 20000, 100) AS n
"""
SNOOZED = """
INSERT INTO case_snooze (case_key, until, by)
SELECT 'pqrs_id:' || n, now() + interval '30 days', 'ana' FROM generate_series(150, 20000, 150) AS n
"""
MOST = 3_000
"""Rows that a page may touch: of 20,000 events and as many promises."""


ANA: Final = "account:ana"
CASES: Final = (
    CaseFilter(),
    CaseFilter(kind=CaseKind.PQRS, places=frozenset({"ph-1"})),
    CaseFilter(is_open=True),
    CaseFilter(assignee=ANA),
)


class Explained(Database):
    """Asks for the plan of each statement in place of its rows, and counts the rows read."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        self.read: float = 0

    async def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        [plan] = await super().rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
        self.read += sum(touched(node) for node in nodes(plan[0][0]["Plan"]))
        return []


def touched(node: Mapping[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    scanned = node["Actual Rows"] if "Scan" in node["Node Type"] else 0
    return float((scanned + removed) * node["Actual Loops"])


@pytest.fixture
async def explained(database: str) -> Explained:
    """Vacuumed first: what a test before has left there would decide how the statements are planned."""
    async with Database(database) as opened:
        for statement in ("VACUUM", FILL, CLOCKS, "VACUUM (ANALYZE)"):
            await opened.rows(statement)
    return Explained(database)


async def test_each_list_of_cases_and_promises_reads_few_rows(explained: Explained) -> None:
    """All in one database, whose filling costs more than the questions."""
    board, now = BoardFilter(states=["open"]), datetime.now(UTC)
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "the board": partial(PostgresLog(explained).board, board, after=None, limit=50),
        "counts of the views": partial(
            matters.counts, explained, who=ANA, places=None, now=datetime.now(UTC)
        ),
    }
    for number, asked in enumerate(CASES):
        questions[f"cases {number}"] = partial(cases.cases, explained, asked)
    asking = partial(matters.matters, explained, who=ANA, now=now)
    here = frozenset({"ph-1"})
    for view in MatterView:
        questions[f"the view {view}"] = partial(asking, MattersQuery(view=view), places=None)
        questions[f"the view {view} there"] = partial(asking, MattersQuery(view=view), places=here)
    for kind in MatterKind:
        questions[f"the kind {kind}"] = partial(asking, MattersQuery(kind=kind), places=None)
    read = {}
    async with explained:
        for name, question in questions.items():
            explained.read = 0
            with suppress(ValueError):  # a plan has no row with counts
                await question()
            read[name] = explained.read

    assert {} == {name: rows for name, rows in read.items() if not 0 <= rows < MOST}
    assert 0 < read["counts of the views"]
    assert 0 < read["the view open"]


async def test_cases_that_are_joined_or_asleep_cost_a_few_rows_each(explained: Explained) -> None:
    """Whoever joins half of all open cases, and lets a third sleep, waits no longer for the views."""
    now, read = datetime.now(UTC), {}
    asking = partial(matters.matters, explained, who=ANA, places=None, now=now)
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        f"the view {view}": partial(asking, MattersQuery(view=view)) for view in MatterView
    }
    questions["counts"] = partial(matters.counts, explained, who=ANA, places=None, now=now)
    async with Database(explained.url) as opened:
        for statement in (JOINED, SNOOZED, "ANALYZE case_merge", "ANALYZE case_snooze"):
            await opened.rows(statement)
    async with explained:
        for name, question in questions.items():
            explained.read = 0
            with suppress(ValueError):  # a plan has no row with counts
                await question()
            read[name] = explained.read

    assert {} == {name: rows for name, rows in read.items() if not 0 < rows < 2 * MOST}
