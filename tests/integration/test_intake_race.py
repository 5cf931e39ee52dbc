"""An event and the one that names its people, taken in by two processes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.model import Event
from hub.ports import MessageFilter
from hub.storage import Database, PostgresIntake, PostgresKeys, PostgresLog
from hub.testing import MemoryAppointments, MemoryPublisher
from tests.unit.factories import DESK, HOUR, MONDAY, event, incoming

CASES = 40
PETITIONER = {"name": "Ana", "email": "ana@example.com"}


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    async with Database(database) as made:
        yield made


async def test_no_event_waits_for_people_who_are_named_at_the_same_moment(opened: Database) -> None:
    async def process(event: Event) -> None:
        await process_batch(
            [incoming(event)],
            context=DESK,
            senders=SourceBindings(PostgresKeys(opened), own=None),
            store=PostgresIntake(opened),
            publisher=MemoryPublisher(),
            appointments=MemoryAppointments(lambda: MONDAY),
            now=lambda: MONDAY + 2 * HOUR,
        )

    pairs = [
        (
            event("pqrs.received", {"pqrs_id": f"c-{n}", "petitioner": PETITIONER}, id=f"received-{n}"),
            event(
                "pqrs.replied",
                {"pqrs_id": f"c-{n}"},
                without=("petitioner",),
                id=f"replied-{n}",
                at=MONDAY + HOUR,
            ),
        )
        for n in range(CASES)
    ]
    await asyncio.gather(*(process(one) for pair in pairs for one in pair))
    page = await PostgresLog(opened).messages(
        MessageFilter(event="pqrs.replied"), after=None, limit=CASES * 2
    )

    assert sorted(row.event_id for row in page.items) == sorted(late.id for _, late in pairs)
