"""Statements of lists, causes and bulk actions on millions of messages use an index, and are bounded."""

from __future__ import annotations

import re
from typing import Any

import asyncpg
import pytest

from hub.model import State
from hub.model.bulk import BulkFilter, BulkKind
from hub.model.message_lists import MessageList
from hub.storage import Database, PostgresBulk, PostgresLog
from hub.storage.database import SESSION, load
from hub.storage.filters import narrowed
from tests.contract.stores import open_stores
from tests.contract.values import event, message, now, stored

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
        async with stores.intake.transaction() as transaction:
            await transaction.add_events(events)
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
