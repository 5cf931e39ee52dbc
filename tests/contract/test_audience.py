"""Groups beyond one copropiedad, in memory and in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from msgspec.structs import replace

from hub.model import Event
from hub.people.audience import ABSENTEES, EVERY_ROLE, RESIDENTS, STAFF, Group
from tests.contract.stores import Stores
from tests.contract.values import membership, membership_removed, now, person, person_removed, unit

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
