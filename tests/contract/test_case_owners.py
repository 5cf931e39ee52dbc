"""Owners of cases: of who opens one, and until then of who came first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from hub.model import AddedEvent, StoredEvent
from tests.contract.stores import Stores
from tests.contract.values import NOON, event, stored

CASE = "pqrs_id:PQ-1"
MINUTE = timedelta(minutes=1)


def of(source: str, minutes: int = 0, *, opens: bool | None = False) -> StoredEvent:
    name = "pqrs.received" if opens else "pqrs.replied"
    return stored(event(name, source=source, time=NOON + minutes * MINUTE), case=CASE, opens=opens)


async def add(stores: Stores, *events: StoredEvent) -> Mapping[UUID, AddedEvent]:
    async with stores.intake.transaction() as transaction:
        return await transaction.add_events(events)


async def owner(stores: Stores, one: StoredEvent) -> tuple[str | None, bool]:
    added = (await add(stores, one))[one.key]
    return added.owner, added.opened


async def test_case_is_of_who_opened_it(stores: Stores) -> None:
    opened = await owner(stores, of("urn:a", opens=True))
    own = await owner(stores, of("urn:a", 1))
    other = await owner(stores, of("urn:b", 2))
    again = await owner(stores, of("urn:b", 3, opens=True))

    assert [None, None] == [opened[0], own[0]]
    assert [("urn:a", True)] * 2 == [other, again]


async def test_case_is_of_who_came_first_until_somebody_opens_it(stores: Stores) -> None:
    first = await owner(stores, of("urn:b"))
    early = await owner(stores, of("urn:c", 1))
    opening = await owner(stores, of("urn:a", 2, opens=True))
    late = await owner(stores, of("urn:b", 3))

    assert None is first[0]
    assert [("urn:b", False)] * 2 == [early, opening]
    assert ("urn:a", True) == late


async def test_in_one_batch_the_opening_event_has_the_case(stores: Stores) -> None:
    early, opening = of("urn:b"), of("urn:a", 5, opens=True)
    added = await add(stores, early, opening)

    assert ("urn:a", True) == (added[early.key].owner, added[early.key].opened)
    assert None is added[opening.key].owner


async def test_event_that_takes_no_part_has_no_owner_and_makes_none(stores: Stores) -> None:
    aside = await owner(stores, of("urn:a", opens=None))
    opening = await owner(stores, of("urn:b", 1, opens=True))
    another = await owner(stores, of("urn:c", 2, opens=None))

    assert [None, None, None] == [aside[0], opening[0], another[0]]


async def test_duplicate_takes_no_case(stores: Stores) -> None:
    one = of("urn:a", opens=None)
    await add(stores, one)

    assert {} == await add(stores, stored(one.event, case=CASE, opens=True))
    assert None is (await owner(stores, of("urn:b", 1, opens=True)))[0]


async def test_what_strangers_have_added_is_expelled_and_stays_stored(stores: Stores) -> None:
    early = of("urn:b")
    await add(stores, early)
    async with stores.intake.transaction() as transaction:
        await transaction.expel([CASE])
        await transaction.add_events([of("urn:a", 1, opens=True)])
        found = await transaction.case_events({CASE: None})

    assert ["urn:a"] == [row.event.source for row in found[CASE]]
    assert {} == await add(stores, early)
