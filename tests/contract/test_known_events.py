"""Known ids: whether a repeat is the event that is stored, or another one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.model import Event
from hub.model.ids import event_key
from tests.contract.stores import Stores
from tests.contract.values import NOON, event, stored

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
