"""Groups beyond one copropiedad, and the payers of a unit at the instant of sending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.catalog.payers import TO_PAYERS
from hub.model import Event, Message, Purpose
from hub.people.audience import ABSENTEES, EVERY_ROLE, RESIDENTS, STAFF, Group
from tests.contract.stores import Stores
from tests.contract.values import (
    event,
    membership,
    membership_removed,
    message,
    now,
    person,
    person_removed,
    stored,
    unit,
)

EVERYONE: Final = Group(roles=EVERY_ROLE, everywhere=True)
GARDENS: Final = Group(roles=STAFF, everywhere=True, service_area="jardines")

PEOPLE: Final = ("p-ana", "p-beto", "p-caro", "p-dora", "p-elsa", "p-fito", "p-gone", "p-nobody")


def directory() -> list[Event]:
    """Two copropiedades; Ana owns in one and lives in the other, Caro is staff and owns."""
    yesterday = (now() - timedelta(days=1)).isoformat()
    return [
        *map(person, PEOPLE),
        unit("u-1", tower="1"),
        unit("u-9", copropiedad="ph-9", tower="1"),
        membership("p-ana", "unit:u-1", "owner"),
        membership("p-ana", "unit:u-9", "tenant"),
        membership("p-beto", "unit:u-9", "owner"),
        membership("p-caro", "unit:u-9", "resident"),
        membership("p-caro", "company", "staff", duty="service", service_area="jardines"),
        membership("p-dora", "copropiedad:ph-1", "staff", duty="service", service_area="jardines"),
        membership("p-elsa", "copropiedad:ph-1", "staff", level=2, service_area="aseo"),
        membership("p-fito", "unit:u-1", "tenant", until=yesterday),
        membership("p-gone", "unit:u-1", "owner"),
        person_removed("p-gone", 2),
        membership("p-nobody", "unit:u-1", "owner"),
        membership_removed("p-nobody owner unit:u-1", 2),
    ]


async def refs(stores: Stores, *groups: Group) -> list[list[str]]:
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(directory())
        found = await transaction.people(groups)
    return [[person.ref for person in found[group]] for group in groups]


async def test_everyone_means_people_with_a_current_membership(stores: Stores) -> None:
    assert [["p-ana", "p-beto", "p-caro", "p-dora", "p-elsa"]] == await refs(stores, EVERYONE)


async def test_role_everywhere_is_not_limited_to_a_copropiedad(stores: Stores) -> None:
    owners, tenants, council = (
        replace(EVERYONE, roles=roles) for roles in (("owner",), ("tenant",), ("council",))
    )

    assert [["p-ana", "p-beto"], ["p-ana"], []] == await refs(stores, owners, tenants, council)


async def test_area_means_its_staff_in_the_company_or_a_copropiedad(stores: Stores) -> None:
    here = replace(GARDENS, everywhere=False, copropiedad_id="ph-1")

    assert [["p-caro", "p-dora"], ["p-dora"]] == await refs(stores, GARDENS, here)


async def test_everyone_of_a_copropiedad_is_its_residents_and_staff(stores: Stores) -> None:
    of_place = [Group(roles=EVERY_ROLE, copropiedad_id=ref) for ref in ("ph-1", "ph-9", "ph-none")]
    of_unit = Group(roles=EVERY_ROLE, unit_id="u-9")

    assert [
        ["p-ana", "p-dora", "p-elsa"],
        ["p-ana", "p-beto", "p-caro"],
        [],
        ["p-ana", "p-beto", "p-caro"],
    ] == await refs(stores, *of_place, of_unit)


async def test_person_has_a_separate_role_in_each_copropiedad(stores: Stores) -> None:
    owners = [Group(roles=("owner",), copropiedad_id=ref) for ref in ("ph-1", "ph-9")]
    residents = [Group(roles=RESIDENTS, copropiedad_id=ref) for ref in ("ph-1", "ph-9")]

    assert [["p-ana"], ["p-beto"], [], ["p-ana", "p-caro"]] == await refs(stores, *owners, *residents)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("group", [EVERYONE, GARDENS], ids=["everyone", "an area"])
async def test_everyone_is_paged_without_repetition(stores: Stores, group: Group, limit: int) -> None:
    (expected,) = await refs(stores, group)
    found: list[str] = []
    async with stores.intake.transaction() as transaction:
        while page := await transaction.people_page(group, found[-1] if found else "", limit):
            assert len(page) <= limit
            found += [row.ref for row in page]

    assert expected == found


@pytest.mark.parametrize(
    ("near", "others"),
    [(("1",), ["p-caro"]), (("2",), ["p-ana", "p-fito"]), (("1", "2"), []), (("1", "Torre 7"), [])],
)
async def test_people_of_other_towers_come_after_those_of_the_named_ones(
    stores: Stores, near: tuple[str, ...], others: list[str]
) -> None:
    """Elsa has a home in both, Dora one in none, Beto none at all; a tower that nobody knows is all."""
    everybody = Group(roles=RESIDENTS, copropiedad_id="ph-8", near=near)
    found: list[tuple[str, bool]] = []
    after, beyond = "", False
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(
            [
                *directory(),
                *(unit(f"v-{tower}", copropiedad="ph-8", tower=tower) for tower in ("1", "2")),
                unit("v-x", copropiedad="ph-8", tower=None),
                membership("p-ana", "unit:v-1", "resident"),
                membership("p-beto", "copropiedad:ph-8", "resident"),
                membership("p-caro", "unit:v-2", "resident"),
                membership("p-caro", "unit:v-1", "owner"),
                membership("p-dora", "unit:v-x", "tenant"),
                membership("p-elsa", "unit:v-1", "resident"),
                membership("p-elsa", "unit:v-2", "resident"),
                membership("p-fito", "unit:v-1", "tenant"),
            ]
        )
        while page := await transaction.people_page(everybody, after, 2, beyond=beyond):
            found += [(one.ref, one.other_tower) for one in page]
            after, beyond = page[-1].ref, page[-1].other_tower

    all_of_them = ["p-ana", "p-beto", "p-caro", "p-dora", "p-elsa", "p-fito"]
    named = [(ref, False) for ref in all_of_them if ref not in others]
    assert [*named, *((ref, True) for ref in others)] == found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
async def test_people_who_live_elsewhere_come_after_those_who_live_there(stores: Stores, limit: int) -> None:
    """Caro owns a home and lives in another: she comes once, for where she lives. Dora owns no longer."""
    residents = Group(roles=RESIDENTS, copropiedad_id="ph-9")
    absentees = replace(residents, roles=ABSENTEES, unless=RESIDENTS)
    yesterday = (now() - timedelta(days=1)).isoformat()
    asked, after = residents, ""
    then: Group | None = absentees
    found: list[tuple[str, bool, tuple[str, ...]]] = []
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(
            [
                *directory(),
                unit("u-2", copropiedad="ph-9", tower="1"),
                membership("p-caro", "unit:u-2", "owner"),
                membership("p-elsa", "copropiedad:ph-9", "proxy"),
                membership("p-dora", "unit:u-9", "owner", until=yesterday),
                membership("p-fito", "unit:u-2", "owner"),
                membership("p-fito", "unit:u-2", "resident", until=yesterday),
            ]
        )
        alone = (await transaction.people([absentees]))[absentees]
        while page := await transaction.people_page(asked, after, limit, then):
            assert len(page) <= limit
            found += [(one.ref, one.elsewhere, one.units) for one in page]
            after = page[-1].ref
            if page[-1].elsewhere:
                asked, then = absentees, None

    home, other = ("Torre 1 Apto u-9",), ("Torre 1 Apto u-2",)
    assert [
        ("p-ana", False, home),
        ("p-caro", False, home),
        ("p-beto", True, home),
        ("p-elsa", True, ()),
        ("p-fito", True, other),
    ] == found
    assert ["p-beto", "p-elsa", "p-fito"] == [person.ref for person in alone]


OF_UNIT: Final = "admin.account.overdue"
OF_PARTY: Final = "realestate.rent.overdue"
HOME: Final = "unit:u-1"


async def apply(stores: Stores, *events: Event) -> None:
    await stores.apply_directory(unit("u-1"), person("p-owner"), person("p-tenant"), *events)


async def pays(stores: Stores, who: str, name: str = OF_UNIT, **fields: Any) -> bool:
    """Return whether the claim of a notice that was planned for this person says that they pay."""
    notice = stored(event(name, data={"unit_id": "u-1"}), unit_id="u-1", copropiedad_id="ph-1")
    await stores.add_events(notice)
    planned: Message = message(notice, **{"person": who, "purpose": Purpose.COLLECTION, **fields})
    await stores.add(planned)
    [claimed] = await stores.claim(planned)
    return claimed.contact.pays


def test_fees_are_collected_from_payers_and_rent_from_a_party_of_its_contract() -> None:
    assert {OF_UNIT} == TO_PAYERS


async def test_registered_payer_pays_and_the_owner_does_not(stores: Stores) -> None:
    await apply(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", HOME, "payer"))

    assert (True, False) == (await pays(stores, "p-tenant"), await pays(stores, "p-owner"))


async def test_without_a_payer_the_owner_pays(stores: Stores) -> None:
    await apply(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", HOME, "tenant"))

    assert (True, False) == (await pays(stores, "p-owner"), await pays(stores, "p-tenant"))


async def test_owner_pays_again_after_the_payer_has_left(stores: Stores) -> None:
    payer = membership("p-tenant", HOME, "payer")
    await apply(stores, membership("p-owner", HOME, "owner"), payer)
    await apply(stores, membership_removed(payer.data["membership_id"], 2))

    assert (True, False) == (await pays(stores, "p-owner"), await pays(stores, "p-tenant"))


async def test_owner_pays_if_the_payer_is_nobody_of_the_directory(stores: Stores) -> None:
    await apply(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", HOME, "payer"))
    await apply(stores, person_removed("p-tenant", 2))

    assert await pays(stores, "p-owner")


async def test_payer_of_another_unit_does_not_pay_for_this_one(stores: Stores) -> None:
    await apply(stores, membership("p-owner", HOME, "owner"), membership("p-tenant", "unit:u-2", "payer"))

    assert (True, False) == (await pays(stores, "p-owner"), await pays(stores, "p-tenant"))


@pytest.mark.parametrize(("name", "fields"), [(OF_PARTY, {}), (OF_UNIT, {"purpose": Purpose.SERVICE})])
async def test_nobody_is_asked_where_the_unit_decides_nothing(
    stores: Stores, name: str, fields: dict[str, Any]
) -> None:
    await apply(stores, membership("p-owner", HOME, "owner"))

    assert await pays(stores, "p-tenant", name, **fields)
