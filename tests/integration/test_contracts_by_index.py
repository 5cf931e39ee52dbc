"""Queries of the scrape and the indicators about contracts read only the events of contracts."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hub.model import Period
from hub.storage import Database, PostgresLog
from tests.contract.values import NOON
from tests.integration.query_plans import nodes
from tests.integration.test_scrape_speed import WatchedDatabase

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
