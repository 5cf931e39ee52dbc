"""Statements of lists, causes and bulk actions on millions of messages use an index, and are bounded."""

import re
from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest

from hub.desk.posters.queries import statement_of
from hub.model import Period, State
from hub.model.bulk import BulkFilter, BulkKind
from hub.model.message_lists import MessageList
from hub.model.posters import PosterState
from hub.storage import Database, PostgresBulk, PostgresLog
from hub.storage.clocks import save
from hub.storage.database import SESSION, load
from hub.storage.filters import narrowed
from tests.contract.stores import open_stores
from tests.contract.values import NOON, clock, event, message, now, stored
from tests.integration.query_plans import nodes
from tests.integration.test_scrape_speed import WatchedDatabase

MANY = 2_000
CASES = 100
HERE = frozenset({"ph-1"})
LOST = MessageList.LOST


class Explained(Database):
    """A database that explains each statement instead of running it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.plans: list[str] = []
        self._url = url

    async def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._url, server_settings=SESSION)
        try:
            found = await connection.fetch(f"EXPLAIN {statement}", *arguments)
        finally:
            await connection.close()
        self.plans.append("\n".join(row[0] for row in found))
        return []


async def filled(url: str) -> None:
    """Store many messages of many cases: an index helps a query for few of all."""
    events = [
        stored(event(data={"pqrs_id": f"PQ-{number}"}), case=f"pqrs_id:PQ-{number}", copropiedad_id="ph-1")
        for number in range(CASES)
    ]
    states = [State.SENT] * 8 + [State.FAILED, State.HELD]
    async with open_stores(url) as stores:
        await stores.add_events(*events)
        await stores.add(
            *(
                message(
                    events[number % CASES], person=f"p-{number}", state=states[number % 10], created_at=now()
                )
                for number in range(MANY)
            )
        )
    connection = await asyncpg.connect(url)
    await connection.execute("ANALYZE")
    await connection.close()


@pytest.mark.parametrize(
    ("fields", "index"),
    [
        ({"only": LOST}, "state_created_at"),
        ({"only": LOST, "copropiedad": "ph-1"}, "copropiedad_id_state_created_at"),
        ({"state": "held", "purpose": "service"}, "state_created_at"),
        ({"only": LOST, "since": now(), "until": now(), "reason": "smtp"}, "state_created_at"),
        ({"person": "p-1"}, "person"),
        ({"case": "pqrs_id:PQ-1"}, "event_key"),
    ],
    ids=["lost", "lost there", "held", "lost of a time", "person", "case"],
)
async def test_lists_causes_and_plans_go_by_an_index(
    database: str, fields: dict[str, Any], index: str
) -> None:
    await filled(database)
    asked = BulkFilter(**fields)
    async with Explained(database) as opened:
        log, bulk = PostgresLog(opened), PostgresBulk(opened)
        await log.messages(narrowed(asked, None), after=None, limit=50)
        await log.causes(narrowed(asked, None), most=5_000)
        for kind in (BulkKind.RESEND, BulkKind.CANCEL):
            await bulk.candidates(kind, asked, 20_001)

    assert len(opened.plans) == 4
    for plan in opened.plans:
        assert "Seq Scan" not in plan, plan
        assert re.search(rf"Index (Only )?Scan.* using \S*{index}", plan), plan


async def test_counts_of_a_copropiedad_go_by_its_own_index(database: str) -> None:
    await filled(database)
    async with Explained(database) as opened:
        await PostgresLog(opened).counts(HERE)
    [_, ended, _] = opened.plans

    assert re.search(r"using \S*copropiedad_id_state_created_at", ended), ended
    assert not re.search(
        r"using message\S*_state_created_at_idx", ended.replace("copropiedad_id_state", "")
    ), ended
    assert "Seq Scan on message" not in ended


@pytest.mark.parametrize(
    ("statement", "types", "given"),
    [
        ("claim", "uuid, bigint", "'00000000-0000-8000-8000-000000000000', 100"),
        ("running", "", ""),
        ("items", "uuid, text, uuid, bigint", "'00000000-0000-8000-8000-000000000000', NULL, NULL, 50"),
        (
            "runs",
            "timestamptz, uuid, bigint, text[]",
            "now(), '00000000-0000-8000-8000-000000000000', 50, NULL",
        ),
    ],
)
async def test_runs_are_found_by_their_indexes(database: str, statement: str, types: str, given: str) -> None:
    connection = await asyncpg.connect(database, server_settings=SESSION)
    try:
        text = load("bulk")[statement]
        await connection.execute(f"PREPARE look {f'({types})' if types else ''} AS {text}")
        call = f"look ({given})" if given else "look"
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE {call}"))
    finally:
        await connection.close()

    assert "Seq Scan" not in plan, plan


CLOCKS = 3_000


@pytest.mark.parametrize(
    ("statement", "types", "given"),
    [
        ("of_other_calendars", "text, bigint", "'2026', 500"),
        ("due", "bigint, interval, interval", "500, '10 s', '1000 years'"),
    ],
)
async def test_a_look_for_few_clocks_goes_by_an_index(
    database: str, statement: str, types: str, given: str
) -> None:
    async with Database(database) as opened:
        await save(opened, [clock(str(number), calendar="2026") for number in range(CLOCKS)])
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("ANALYZE clock")
        # As the hub's own statements are planned once they have been asked often: for any arguments.
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE look ({types}) AS {load('clocks')[statement]}")
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE look ({given})"))
    finally:
        await connection.close()

    assert "Index Scan" in plan
    assert "Seq Scan" not in plan


_OLD: Final = """
INSERT INTO poster (id, created_at, event_key, event, audience, copropiedad_id, zones, urgent, hangs_until,
                    enders, printed_at, taken_down_at)
SELECT gen_random_uuid(), at, gen_random_uuid(), 'policy.updated', 0, 'ph-1', '{}', false,
       at + interval '9 days', '{}', printed, printed
FROM generate_series(1, 4000) AS number
CROSS JOIN LATERAL (SELECT now() - number * interval '1 day' AS at) AS past
CROSS JOIN LATERAL (SELECT CASE WHEN number % 2 = 0 THEN at END AS printed) AS work
"""


@pytest.mark.parametrize(
    ("state", "index"),
    [
        (PosterState.TO_PRINT, "poster_unprinted"),
        (PosterState.PRINTED, "poster_printed"),
        (PosterState.HUNG, "poster_printed"),
        (PosterState.TO_TAKE_DOWN, "poster_printed"),
    ],
)
async def test_a_list_of_few_posters_goes_by_their_index(
    opened: Database, database: str, state: PosterState, index: str
) -> None:
    await opened.rows(_OLD)
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("ANALYZE poster")
        # As the hub's own statements are planned once they have been asked often: for any arguments.
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        types = "timestamptz, uuid, bigint, text[], text, text"
        await connection.execute(f"PREPARE look ({types}) AS {statement_of(state)}")
        given = f"now(), gen_random_uuid(), 50, NULL, NULL, '{state}'"
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE look ({given})"))
    finally:
        await connection.close()

    assert index in plan
    assert "Seq Scan on poster" not in plan


CONTRACTS: Final = 20
YEAR: Final = Period(since=NOON - timedelta(days=365), until=NOON + timedelta(days=10))
FILL: Final = """
INSERT INTO event (key, time, waiting, source, id, type, case_key, data)
SELECT ($4 || lpad(to_hex(n), 20, '0'))::uuid, $5, false, 'urn:crm', $2 || n, $2, $3 || n, '{}'
FROM generate_series(1, $1::int) n
"""


async def fill(database: Database, number: int, name: str, case: str, ahead: int) -> None:
    """Add events of one millisecond, each of a case of its own."""
    at = NOON + timedelta(milliseconds=ahead)
    first = f"{int(at.timestamp() * 1000):012x}"
    await database.rows(FILL, number, f"co.coproservicios.{name}.v1", case, first, at)


async def test_decisions_about_contracts_are_found_without_reading_other_events(database: str) -> None:
    async with Database(database) as opened:
        await fill(opened, 5_000, "pqrs.received", "pqrs_id:", 0)
        await fill(opened, 5_000, "realestate.rent.received", "contract_id:", 1)
        await fill(opened, CONTRACTS, "contract.renewed", "services.contract_id:", 2)
        await opened.rows("ANALYZE event")
    async with WatchedDatabase(database) as watched:
        found = await PostgresLog(watched).contract_decisions(YEAR, area=None)

    scans = [node for plan in watched.plans for node in nodes(plan) if "Scan" in node["Node Type"]]
    rows = [
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans
    ]
    assert len(found) == CONTRACTS
    assert sum(rows) <= 2 * CONTRACTS, scans
