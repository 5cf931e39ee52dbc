"""Payers of a unit at the instant of sending, as a claim reports them."""

from __future__ import annotations

from typing import Any, Final

import pytest

from hub.catalog.payers import TO_PAYERS
from hub.model import Event, Message, Purpose
from tests.contract.stores import Stores
from tests.contract.values import (
    event,
    membership,
    membership_removed,
    message,
    person,
    person_removed,
    stored,
    unit,
)

OF_UNIT: Final = "admin.account.overdue"
OF_PARTY: Final = "realestate.rent.overdue"
HOME: Final = "unit:u-1"


async def directory(stores: Stores, *events: Event) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([unit("u-1"), person("p-owner"), person("p-tenant"), *events])


async def pays(stores: Stores, who: str, name: str = OF_UNIT, **fields: Any) -> bool:
    """Return whether the claim of a notice that was planned for this person says that they pay."""
    notice = stored(event(name, data={"unit_id": "u-1"}), unit_id="u-1", copropiedad_id="ph-1")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([notice])
    planned: Message = message(notice, **{"person": who, "purpose": Purpose.COLLECTION, **fields})
    await stores.add(planned)
    [claimed] = await stores.claim(planned)
    return claimed.contact.pays


def test_fees_are_collected_from_payers_and_rent_from_a_party_of_its_contract() -> None:
    assert {OF_UNIT} == TO_PAYERS


async def test_registered_payer_pays_and_the_owner_does_not(stores: Stores) -> None:
    await directory(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", HOME, "payer"))

    assert (True, False) == (await pays(stores, "p-tenant"), await pays(stores, "p-owner"))


async def test_without_a_payer_the_owner_pays(stores: Stores) -> None:
    await directory(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", HOME, "tenant"))

    assert (True, False) == (await pays(stores, "p-owner"), await pays(stores, "p-tenant"))


async def test_owner_pays_again_after_the_payer_has_left(stores: Stores) -> None:
    payer = membership("p-tenant", HOME, "payer")
    await directory(stores, membership("p-owner", HOME, "owner"), payer)
    await directory(stores, membership_removed(payer.data["membership_id"], 2))

    assert (True, False) == (await pays(stores, "p-owner"), await pays(stores, "p-tenant"))


async def test_owner_pays_if_the_payer_is_nobody_of_the_directory(stores: Stores) -> None:
    await directory(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", HOME, "payer"))
    await directory(stores, person_removed("p-tenant", 2))

    assert await pays(stores, "p-owner")


async def test_payer_of_another_unit_does_not_pay_for_this_one(stores: Stores) -> None:
    await directory(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", "unit:u-2", "payer"))

    assert (True, False) == (await pays(stores, "p-owner"), await pays(stores, "p-tenant"))


@pytest.mark.parametrize(("name", "fields"), [(OF_PARTY, {}), (OF_UNIT, {"purpose": Purpose.SERVICE})])
async def test_nobody_is_asked_where_the_unit_decides_nothing(
    stores: Stores, name: str, fields: dict[str, Any]
) -> None:
    await directory(stores, membership("p-owner", HOME, "owner"))

    assert await pays(stores, "p-tenant", name, **fields)
