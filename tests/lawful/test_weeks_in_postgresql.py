"""Some weeks of a building over PostgreSQL itself: its statements decide, and its clock is moved."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from tests.lawful.counter import unlawful
from tests.lawful.moved_database import open_moved
from tests.lawful.moved_hub import MovedHub, bad_luck
from tests.lawful.moved_stores import MovedStores
from tests.lawful.provider import Luck
from tests.lawful.town import building, start
from tests.lawful.year import without_logs

PEOPLE = 40
DAYS = 28
SEED = 527


async def lived(stores: MovedStores | None, luck: Luck) -> MovedHub:
    hub = MovedHub(building=building(0, people=PEOPLE, seed=SEED, days=DAYS), luck=luck, stores=stores)
    with without_logs():
        await hub.run(start() + timedelta(days=DAYS + 3))
    return hub


async def test_statements_read_the_moved_clock(database: str) -> None:
    async with open_moved(database) as moved:
        await moved.move(start())
        assert await moved.now() == start()


@pytest.mark.slow
async def test_weeks_in_postgresql_have_no_unlawful_contact(database: str) -> None:
    luck, _ = bad_luck(SEED, 0, DAYS)
    async with open_moved(database) as moved:
        hub = await lived(moved, luck)
    contacts = hub.contacts()
    assert {"collection", "commercial", "survey"} <= {contact.purpose for contact in contacts}
    assert unlawful(contacts, hub.ledger.facts()) == []


@pytest.mark.slow
async def test_postgresql_and_memory_send_the_same(database: str) -> None:
    """Without bad luck both decide alike: else the year in memory would prove nothing of PostgreSQL."""
    async with open_moved(database) as moved:
        real = await lived(moved, Luck(random=Random(SEED)))
    memory = await lived(None, Luck(random=Random(SEED)))
    assert set(real.contacts()) == set(memory.contacts())
