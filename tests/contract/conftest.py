"""What the contract tests of the stores start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.model import StoredEvent
from tests.contract.stores import Stores, open_stores
from tests.contract.values import event, stored


@pytest.fixture
async def stores(database: str) -> AsyncIterator[Stores]:
    async with open_stores(database) as opened:
        yield opened


@pytest.fixture
async def of(stores: Stores) -> StoredEvent:
    """An event that messages may be of: claiming joins it."""
    one = stored(event(data={"pqrs_id": "PQ-1"}), copropiedad_id="ph-1", unit_id="u-1")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([one])
    return one
