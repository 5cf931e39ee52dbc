"""The contract of the directory, in memory and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from hub.model import ContactPoint, Event, Json, Person
from hub.people.audience import RESIDENTS, Group
from tests.contract.stores import Stores
from tests.contract.values import (
    membership,
    membership_removed,
    now,
    person,
    person_removed,
    unit,
)

ALL = Group(copropiedad_id="ph-1", roles=RESIDENTS)


async def apply(stores: Stores, *events: Event) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory(events)


async def find(stores: Stores, group: Group) -> Sequence[Person]:
    async with stores.intake.transaction() as transaction:
        return (await transaction.people([group]))[group]


async def refs(stores: Stores, group: Group) -> list[str]:
    return [person.ref for person in await find(stores, group)]


async def test_a_person_comes_with_the_contact_points_that_can_be_used(stores: Stores) -> None:
    points = [
        {"id": "a", "kind": "email", "value": " Maria@EXAMPLE.com ", "verified": True},
        {"id": "b", "kind": "email", "value": "no address"},
        {"id": "c", "kind": "phone", "value": "300 123 4567"},
        {"id": "d", "kind": "push", "value": "token", "verified": None},
        {"id": "e", "kind": "phone", "value": "12"},
    ]
    await apply(stores, person("p-1", contact_points=points, locale="en", digital_access=False))

    assert await find(stores, Group(person="p-1")) == [
        Person(
            ref="p-1",
            name="Name of p-1",
            locale="en",
            digital_access=False,
            contact_points=(
                ContactPoint(id="a", kind="email", value="Maria@example.com", verified=True),
                ContactPoint(id="c", kind="phone", value="+573001234567"),
                ContactPoint(id="d", kind="push", value="token"),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [((1, 2), "two"), ((2, 1), "one"), ((1, 1), "one")],
    ids=["newer wins", "older loses", "the first of equals stays"],
)
async def test_the_greatest_version_wins(stores: Stores, versions: tuple[int, int], expected: str) -> None:
    one, two = (
        person("p-1", version, names=name) for version, name in zip(versions, ("one", "two"), strict=True)
    )
    await apply(stores, one)
    await apply(stores, two)

    assert [found.name for found in await find(stores, Group(person="p-1"))] == [expected]


async def test_removed_person_stays_removed_after_an_older_event(stores: Stores) -> None:
    await apply(stores, person("p-1", 1), person_removed("p-1", 3), membership("p-1", "unit:u-1", "owner"))
    await apply(stores, person("p-1", 2))

    groups = (Group(person="p-1"), Group(unit_id="u-1", roles=("owner",)), Group(person="nobody"))
    assert [await refs(stores, group) for group in groups] == [[], [], []]


async def test_a_payer_is_the_registered_one_or_else_the_owner(stores: Stores) -> None:
    payer = Group(unit_id="u-1", roles=("payer",))
    await apply(stores, person("p-owner"), person("p-payer"), membership("p-owner", "unit:u-1", "owner"))
    owner_pays = await refs(stores, payer)
    await apply(stores, membership("p-payer", "unit:u-1", "payer"))
    payer_pays = await refs(stores, payer)
    await apply(stores, membership_removed("p-payer payer unit:u-1", 2))

    assert (owner_pays, payer_pays, await refs(stores, payer)) == (["p-owner"], ["p-payer"], ["p-owner"])


async def test_a_membership_counts_from_its_beginning_to_its_end(stores: Stores) -> None:
    day = timedelta(days=2)
    terms: dict[str, dict[str, Json]] = {
        "p-now": {"since": (now() - day).isoformat(), "until": (now() + day).isoformat()},
        "p-past": {"until": (now() - day).isoformat()},
        "p-to-come": {"since": (now() + day).date().isoformat()},
        "p-always": {},
    }
    await apply(stores, *map(person, terms), unit("u-1"))
    await apply(stores, *(membership(who, "unit:u-1", "tenant", **term) for who, term in terms.items()))

    assert await refs(stores, ALL) == ["p-always", "p-now"]


async def test_a_copropiedad_is_its_units_and_whoever_belongs_to_it(stores: Stores) -> None:
    await apply(
        stores,
        *(person(f"p-{name}") for name in ("one", "two", "whole", "owner", "other", "left")),
        unit("u-1", tower="1"),
        unit("u-2", tower="2"),
        unit("u-9", copropiedad="ph-9"),
        membership("p-one", "unit:u-1", "resident"),
        membership("p-two", "unit:u-2", "tenant"),
        membership("p-whole", "copropiedad:ph-1", "resident"),
        membership("p-owner", "unit:u-1", "owner"),
        membership("p-other", "unit:u-9", "resident"),
        membership("p-left", "unit:u-1", "resident"),
        membership_removed("p-left resident unit:u-1", 2),
    )

    assert await refs(stores, ALL) == ["p-one", "p-two", "p-whole"]
    assert await refs(stores, replace(ALL, towers=("2",))) == ["p-two", "p-whole"]
    assert await refs(stores, replace(ALL, roles=("owner",))) == ["p-owner"]
    assert await refs(stores, Group(unit_id="u-1", roles=RESIDENTS)) == ["p-one"]


async def two_towers(stores: Stores) -> None:
    """Ana has four units in several roles, one of them ended; Luis is on the council and has none."""
    past = (now() - timedelta(days=2)).isoformat()
    await apply(
        stores,
        person("p-ana"),
        person("p-luis"),
        unit("u-a", tower="1", label="Apto 1001"),
        unit("u-b", tower="1", label="Apto 101"),
        unit("u-c", tower="2", label="Apto 101"),
        unit("u-d", label="Torre 2, local 3", tower="2"),
        unit("u-e", copropiedad="ph-9", label="Casa 7"),
        *(membership("p-ana", f"unit:u-{letter}", "owner") for letter in "abe"),
        membership("p-ana", "unit:u-b", "proxy"),
        membership("p-ana", "unit:u-c", "proxy"),
        membership("p-ana", "unit:u-d", "owner", until=past),
        membership("p-ana", "unit:u-d", "tenant"),
        membership("p-luis", "copropiedad:ph-1", "council"),
    )


@pytest.mark.parametrize(
    ("roles", "towers", "expected"),
    [
        (("owner",), (), ("Torre 1 Apto 101", "Torre 1 Apto 1001")),
        (("proxy",), (), ("Torre 1 Apto 101", "Torre 2 Apto 101")),
        (("owner", "proxy"), (), ("Torre 1 Apto 101", "Torre 1 Apto 1001", "Torre 2 Apto 101")),
        (("owner", "proxy"), ("2",), ("Torre 2 Apto 101",)),
        (("owner", "tenant"), ("2",), ("Torre 2, local 3",)),
    ],
)
async def test_people_come_with_the_units_by_which_they_belong_to_the_group(
    stores: Stores, roles: tuple[str, ...], towers: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    await two_towers(stores)
    group = replace(ALL, roles=roles, towers=towers)
    async with stores.intake.transaction() as transaction:
        [ana] = await transaction.people_page(group, "", 10)

    assert expected == ana.units
    assert [ana] == await find(stores, group)


async def test_who_belongs_to_no_unit_comes_without_one(stores: Stores) -> None:
    await two_towers(stores)
    [luis] = await find(stores, replace(ALL, roles=("council",)))
    [ana] = await find(stores, Group(person="p-ana"))
    [owner] = await find(stores, Group(everywhere=True, roles=("owner",)))

    assert ((), (), ()) == (luis.units, ana.units, owner.units)


async def test_a_group_of_a_unit_names_that_unit_only(stores: Stores) -> None:
    await two_towers(stores)
    payer = await find(stores, Group(unit_id="u-b", roles=("payer",)))
    several = await find(stores, Group(unit_id="u-b", roles=("owner", "proxy")))

    assert [("Torre 1 Apto 101",)] == [payee.units for payee in payer] == [payee.units for payee in several]


async def test_unknown_unit_has_no_name(stores: Stores) -> None:
    await apply(stores, person("p-ana"), membership("p-ana", "unit:u-later", "owner"))
    [ana] = await find(stores, Group(unit_id="u-later", roles=("owner",)))

    assert () == ana.units


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_a_broad_group_comes_page_by_page_without_repetition(stores: Stores, limit: int) -> None:
    people = sorted([*(f"p-{number}" for number in range(3)), "Ñ", "a", "é"])
    everybody = [*people, "p-gone"]
    await apply(stores, *map(person, everybody), unit("u-1"), unit("u-2"))
    await apply(stores, *(membership(who, f"unit:u-{n}", "resident") for who in everybody for n in (1, 2)))
    await apply(stores, person_removed("p-gone", 2))
    found: list[str] = []
    async with stores.intake.transaction() as transaction:
        while page := await transaction.people_page(ALL, found[-1] if found else "", limit):
            found += [row.ref for row in page]

    assert found == people


@pytest.mark.parametrize(
    ("copropiedad", "area", "expected"),
    [
        ("ph-1", "aseo", ["p-here-aseo"]),  # of the place and the area
        ("ph-1", "jardines", ["p-here", "p-here-aseo"]),  # of the place
        ("ph-2", "aseo", ["p-all-aseo"]),  # of the area, in the company
        ("ph-2", "jardines", ["p-all", "p-all-aseo"]),  # anybody of the company
        (None, None, ["p-all", "p-all-aseo"]),
    ],
)
@pytest.mark.parametrize("by", [{"duty": "service"}, {"level": 1}], ids=["duty", "level"])
async def test_the_nearest_staff_is_found(
    stores: Stores, copropiedad: str | None, area: str | None, expected: list[str], by: dict[str, Any]
) -> None:
    staff = {
        "p-here-aseo": ("copropiedad:ph-1", "aseo"),
        "p-here": ("copropiedad:ph-1", None),
        "p-all-aseo": ("company", "aseo"),
        "p-all": ("company", None),
    }
    serving: dict[str, Json] = {"duty": "service", "level": 1}
    await apply(stores, person("p-there"), membership("p-there", "copropiedad:ph-3", "staff", **serving))
    assert await refs(stores, Group(copropiedad_id=copropiedad, service_area=area, **by)) == []
    await apply(stores, *map(person, staff))
    await apply(
        stores,
        *(membership(who, scope, "staff", service_area=of, **serving) for who, (scope, of) in staff.items()),
    )

    assert await refs(stores, Group(copropiedad_id=copropiedad, service_area=area, **by)) == expected


async def test_units_know_their_copropiedad(stores: Stores) -> None:
    await apply(stores, unit("u-1"), unit("u-2", copropiedad="ph-2"))
    async with stores.intake.transaction() as transaction:
        found = await transaction.places({"u-1", "u-2", "u-3"})

    assert found == {"u-1": "ph-1", "u-2": "ph-2"}


async def test_the_directory_of_a_transaction_that_raises_is_forgotten(stores: Stores) -> None:
    with pytest.raises(ZeroDivisionError):
        await _apply_and_raise(stores)

    assert await refs(stores, Group(person="p-1")) == []


async def _apply_and_raise(stores: Stores) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([person("p-1")])
        raise ZeroDivisionError
