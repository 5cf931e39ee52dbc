"""What is known already: the owners of cases, and the ids of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from hub.model import AddedEvent, Event, StoredEvent
from hub.model.ids import event_key
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


FIRST = event(id="1", data={"pqrs_id": "PQ-1", "n": 1, "of": {"a": [1, 2], "b": None}})


async def differs(stores: Stores, one: Event) -> bool:
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([stored(FIRST)])
        return event_key(one) in await transaction.other_content({event_key(one): one})


@pytest.mark.parametrize(
    ("changes", "other"),
    [
        ({}, False),
        ({"time": NOON + timedelta(days=3)}, False),
        ({"extensions": {"traceparent": "00-1"}}, False),
        ({"data": {"of": {"b": None, "a": [1, 2]}, "n": 1, "pqrs_id": "PQ-1"}}, False),
        ({"data": {**FIRST.data, "n": 2}}, True),
        ({"data": {"pqrs_id": "PQ-1"}}, True),
        ({"data": None}, True),
        ({"type": "co.coproservicios.pqrs.closed.v1"}, True),
        ({"id": "2", "data": {}}, False),
        ({"source": "urn:other", "data": {}}, False),
    ],
    ids=str,
)
async def test_repeat_is_another_event_if_its_type_or_data_differ(
    stores: Stores, changes: dict[str, object], *, other: bool
) -> None:
    assert other == await differs(stores, replace(FIRST, **changes))


async def test_of_two_with_one_id_the_first_is_stored(stores: Stores) -> None:
    second = replace(FIRST, time=NOON + timedelta(days=1), data={})
    async with stores.intake.transaction() as transaction:
        new = await transaction.add_events([stored(FIRST), stored(second)])

    assert [event_key(FIRST)] == list(new)
