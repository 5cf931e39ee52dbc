"""How many statements a batch costs in PostgreSQL: the budgets stand in `tests/budgets.toml`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from tests.integration.counting_hub import CountingDatabase, CountingHub
from tests.unit.budget_events import BUDGETS, batch, town


@pytest.fixture
async def hub(database: str) -> AsyncIterator[CountingHub]:
    async with CountingDatabase(database) as opened:
        yield CountingHub(opened)


STATEMENTS: Mapping[str, int] = BUDGETS["statements"]


async def test_a_batch_keeps_its_budget_of_statements(hub: CountingHub) -> None:
    await hub.take_in(*town())
    costs = {}
    for name in STATEMENTS:
        await hub.take_in(*batch(name, 0))
        before = hub.database.statements
        await hub.take_in(*batch(name, 1))
        costs[name] = hub.database.statements - before

    assert costs == dict(STATEMENTS)


async def test_a_ticket_keeps_its_budget_of_statements(hub: CountingHub) -> None:
    await hub.take_in(*town())
    await hub.take_in(*batch("admin.payment.received", 0))
    await hub.deliver()
    await hub.take_in(*batch("admin.payment.received", 1))
    before = hub.database.statements
    tickets = await hub.deliver()

    assert (hub.database.statements - before) / tickets == BUDGETS["statements_of_a_ticket"]
