"""Budgets of a batch's statements in PostgreSQL, as `tests/budgets.toml` has them."""

from collections.abc import AsyncIterator, Mapping

import pytest

from tests.integration.counting_hub import CountingDatabase, CountingHub
from tests.unit.budget_events import BUDGETS, PLACE, batch, town
from tests.unit.factories import event


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


async def test_an_identity_is_read_once_and_not_for_each_ticket(hub: CountingHub) -> None:
    await hub.take_in(*town())
    await hub.take_in(*batch("admin.payment.received", 0))
    await hub.deliver()
    costs = []
    for number, color in enumerate(["#1f5c4d", "#1f5c4d", "#7b2d8b"], start=1):
        place = {
            "copropiedad_id": PLACE,
            "version": 50 + number,
            "name": "Altos",
            "branding": {"color": color},
        }
        await hub.take_in(event("directory.copropiedad.upserted", place, id=f"altos-{number}"))
        await hub.take_in(*batch("admin.payment.received", number))
        costs.append(await _statements(hub))

    one = BUDGETS["statements_of_a_ticket"]
    assert [one + 1, one, one + 1] == costs


async def _statements(hub: CountingHub) -> int:
    """Deliver; return the statements, without those of all tickets but one."""
    before = hub.database.statements
    tickets = await hub.deliver()
    return hub.database.statements - before - int(BUDGETS["statements_of_a_ticket"]) * (tickets - 1)
