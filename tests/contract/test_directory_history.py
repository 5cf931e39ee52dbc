"""The directory for operators: memberships on a day, single people, and changes that operators make."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.business_time.dates import query_instant
from hub.errors import StorageRefused
from hub.model import Event, Json
from hub.people.audience import RESIDENTS, Group
from hub.storage.directory_history import Holders, Written
from tests.contract.stores import RealStores
from tests.contract.values import NOON, event, membership, now, person, person_removed, unit

OWNER = "m-owner"


def owner(who: str, version: int, received: str, **fields: Json) -> Event:
    data = {
        "membership_id": OWNER,
        "version": version,
        "person_id": who,
        "scope": "unit:u-1",
        "role": "owner",
    }
    time = datetime.fromisoformat(f"{received}T12:00:00-05:00")
    return event("directory.membership.upserted", time=time, data={**data, **fields})


def gone(version: int, received: str) -> Event:
    time = datetime.fromisoformat(f"{received}T12:00:00-05:00")
    data = {"membership_id": OWNER, "version": version}
    return event("directory.membership.removed", time=time, data=data)


async def owners(stores: RealStores, on: str, **where: str) -> list[str]:
    place: dict[str, Any] = {"unit": None, "copropiedad": None, **(where or {"unit": "u-1"})}
    held = Holders(role="owner", on=query_instant(on), **place)
    page = await stores.roster.holders(held, after=None, limit=50)
    return [row["person"] for row in page.items]


STORY = [
    owner("p-1", 1, "2024-02-01", since="2019-07-01"),
    owner("p-2", 2, "2025-05-10", since="2025-05-01"),
    gone(3, "2025-08-01"),
    owner("p-3", 4, "2025-10-01", until="2025-12-31"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
async def test_owners_on_a_day_are_known_in_any_order_of_events(
    stores: RealStores, order: tuple[int, ...]
) -> None:
    for number in order:
        await stores.apply_directory(STORY[number])
    days = {
        "2019-06-30": [],
        "2019-07-01": ["p-1"],
        "2025-04-30": ["p-1"],
        "2025-05-01": ["p-2"],  # received nine days late, and valid from its day on
        "2025-07-31": ["p-2"],
        "2025-08-01": [],
        "2025-10-01": ["p-3"],
        "2025-12-30": ["p-3"],
        "2025-12-31": [],
    }

    assert days == {day: await owners(stores, day) for day in days}


async def test_a_correction_counts_also_for_the_days_before_it_was_published(stores: RealStores) -> None:
    await stores.apply_directory(
        owner("p-1", 1, "2024-02-01", since="2019-07-01"),
        owner("p-1", 2, "2025-03-01", since="2019-07-01", until="2025-01-31"),
    )

    assert [["p-1"], []] == [await owners(stores, day) for day in ("2025-01-30", "2025-02-01")]


async def test_a_copropiedad_is_asked_with_its_units(stores: RealStores) -> None:
    await stores.apply_directory(
        unit("u-1"),
        unit("u-2", "ph-2"),
        owner("p-1", 1, "2024-02-01"),
        membership("p-2", "unit:u-2", "owner"),
        membership("p-3", "copropiedad:ph-1", "owner"),
        membership("p-4", "unit:u-1", "resident"),
    )

    assert ["p-1", "p-3"] == await owners(stores, "2026-03-09", copropiedad="ph-1")
    assert ["p-2"] == await owners(stores, "2026-03-09", copropiedad="ph-2")


def in_place(ref: str, place: str, version: int, received: str) -> Event:
    time = datetime.fromisoformat(f"{received}T12:00:00-05:00")
    data = {"unit_id": ref, "version": version, "copropiedad_id": place, "label": ref}
    return event("directory.unit.upserted", time=time, data=data)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
async def test_a_unit_is_where_it_was_on_that_day(stores: RealStores, order: tuple[int, ...]) -> None:
    story = [
        in_place("u-1", "ph-1", 1, "2025-03-01"),
        in_place("u-1", "ph-2", 2, "2025-06-01"),
        in_place("u-2", "ph-2", 1, "2025-03-01"),
        owner("p-1", 1, "2024-02-01", since="2019-07-01"),
    ]
    for number in order:
        await stores.apply_directory(story[number])
    # Before its first version a unit is where that version puts it.
    days = {"2019-08-01": "ph-1", "2025-05-31": "ph-1", "2025-06-01": "ph-2", "2026-03-09": "ph-2"}

    found = {
        day: [place for place in ("ph-1", "ph-2") if await owners(stores, day, copropiedad=place)]
        for day in days
    }
    assert {day: [place] for day, place in days.items()} == found


async def test_somebody_removed_holds_nothing_from_then_on(stores: RealStores) -> None:
    removed = event("directory.person.removed", time=NOON, data={"person_id": "p-1", "version": 2})
    await stores.apply_directory(person("p-1"), owner("p-1", 1, "2024-02-01"), removed)

    assert [["p-1"], []] == [await owners(stores, day) for day in ("2026-03-08", "2026-03-09")]


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_holders_come_page_by_page(stores: RealStores, limit: int) -> None:
    await stores.apply_directory(*(membership(f"p-{n}", "unit:u-1", "owner") for n in range(3)))
    asked = Holders(role="owner", unit="u-1", copropiedad=None, on=now())
    found: list[str] = []
    after: str | None = None
    while True:
        page = await stores.roster.holders(asked, after=after, limit=limit)
        found += [row["person"] for row in page.items]
        after = page.next
        if after is None:
            break

    assert ["p-0", "p-1", "p-2"] == found


async def test_a_cursor_of_elsewhere_is_refused(stores: RealStores) -> None:
    asked = Holders(role="owner", unit="u-1", copropiedad=None, on=now())
    with pytest.raises(StorageRefused):
        await stores.roster.holders(asked, after="ñ", limit=1)


async def test_somebody_is_shown_without_name_and_addresses(stores: RealStores) -> None:
    await stores.apply_directory(
        person("p-1", names="María Peña"),
        membership("p-1", "unit:u-1", "owner", since="2026-03-09"),
        membership("p-1", "company", "staff", duty="service", on_call=True),
        membership("p-2", "unit:u-1", "owner"),
    )
    shown = await stores.roster.somebody("p-1")

    assert shown is not None
    assert {"unit:u-1", "company"} == {row["scope"] for row in shown["memberships"]}
    assert [True] == [row["on_call"] for row in shown["memberships"] if row["role"] == "staff"]
    assert ["p-1-email"] == [row["id"] for row in shown["contact_points"]]
    assert "María" not in str(shown)
    assert "p-1@example.com" not in str(shown)


async def test_hours_of_somebody_s_own_are_shown_as_they_were_published(stores: RealStores) -> None:
    hours = {"sun": [["06:00", "18:00"]], "holidays": True}
    await stores.apply_directory(
        person("p-1"),
        membership("p-1", "company", "staff", duty="front_desk", hours=hours),
        membership("p-1", "copropiedad:ph-1", "staff", duty="service"),
    )
    shown = await stores.roster.somebody("p-1")

    assert shown is not None
    assert {"company": hours, "copropiedad:ph-1": None} == {
        row["scope"]: row["hours"] for row in shown["memberships"]
    }


async def test_nobody_is_shown_who_is_unknown_or_removed(stores: RealStores) -> None:
    await stores.apply_directory(person("p-1"), person_removed("p-1", 2))

    assert [None, None] == [await stores.roster.somebody(ref) for ref in ("p-1", "p-2")]


async def test_write_returns_whether_the_event_applied(stores: RealStores) -> None:
    results = [await stores.roster.write(person("p-1", version)) for version in (2, 1, 2, 3)]

    assert [(True, 2), (False, 2), (False, 2), (True, 3)] == [
        (result.applied, result.version) for result in results
    ]
    assert Written(applied=True, version=4) == await stores.roster.write(person_removed("p-1", 4))


async def test_removal_of_an_unknown_entry_is_stored(stores: RealStores) -> None:
    await stores.roster.write(person_removed("p-1", 5))

    assert Written(applied=False, version=5) == await stores.roster.write(person("p-1", 4))


async def test_a_term_that_cannot_be_read_is_refused(stores: RealStores) -> None:
    at = (now() + timedelta(days=1)).isoformat()
    with pytest.raises(StorageRefused):
        await stores.apply_directory(membership("p-1", "unit:u-1", "owner", since="2026-13-01", until=at))


async def test_person_is_shown_with_the_roles_of_both_copropiedades(stores: RealStores) -> None:
    await stores.apply_directory(
        person("p-1"),
        unit("u-1"),
        unit("u-2", "ph-2"),
        membership("p-1", "unit:u-1", "owner"),
        membership("p-1", "unit:u-2", "tenant"),
        membership("p-1", "copropiedad:ph-2", "council"),
        membership("p-1", "copropiedad:ph-1", "staff", level=2, duty="coordinator"),
        membership("p-1", "company", "staff", level=3, duty="operations"),
    )
    held = {
        place: [
            role
            for role in ("owner", "tenant", "council", "staff")
            if (
                await stores.roster.holders(
                    Holders(role=role, unit=None, copropiedad=place, on=now()), after=None, limit=9
                )
            ).items
        ]
        for place in ("ph-1", "ph-2")
    }
    groups = [
        Group(roles=roles, copropiedad_id=place)
        for place in ("ph-1", "ph-2")
        for roles in (("owner",), RESIDENTS, ("council",))
    ]
    levels = [Group(level=level, copropiedad_id=place) for place in ("ph-1", "ph-2") for level in (2, 3)]
    async with stores.intake.transaction() as transaction:
        people = await transaction.people([*groups, *levels])
    shown = await stores.roster.somebody("p-1")
    company = Holders(role="staff", unit=None, copropiedad=None, on=now())
    of_all = await stores.roster.holders(company, after=None, limit=9)

    assert ["company"] == [row["scope"] for row in of_all.items]
    assert {"ph-1": ["owner", "staff"], "ph-2": ["tenant", "council"]} == held
    assert [1, 0, 0, 0, 1, 1] == [len(people[group]) for group in groups]
    # The company's third level answers for both; the second belongs only to the first copropiedad.
    assert [1, 1, 0, 1] == [len(people[group]) for group in levels]
    assert shown is not None
    assert 5 == len(shown["memberships"])
