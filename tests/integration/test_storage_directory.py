"""The directory: the people found, after events in any order."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import StorageRefused
from hub.model import ContactPoint, Event, Person
from hub.people.audience import RESIDENTS, Group
from hub.storage import Database, PostgresIntake, PostgresTimers
from tests.acceptance.harness import until
from tests.contract.values import (
    membership,
    membership_removed,
    now,
    person,
    person_removed,
    unit,
)

OWNER = Group(unit_id="u-1", roles=("owner",))
PAYER = Group(unit_id="u-1", roles=("payer",))
ALL = Group(copropiedad_id="ph-1", roles=RESIDENTS)


class Directory:
    """A directory on a database of its own."""

    def __init__(self, intake: PostgresIntake) -> None:
        self.intake = intake

    async def apply(self, *events: Event) -> None:
        async with self.intake.transaction() as transaction:
            await transaction.apply_directory(events)

    async def find(self, group: Group) -> Sequence[Person]:
        async with self.intake.transaction() as transaction:
            return (await transaction.people([group]))[group]

    async def refs(self, group: Group) -> list[str]:
        return [person.ref for person in await self.find(group)]


@pytest.fixture
async def directory(database: str) -> AsyncIterator[Directory]:
    async with Database(database) as opened:
        yield Directory(PostgresIntake(opened))


async def test_a_person_comes_with_contact_points_that_can_be_used(directory: Directory) -> None:
    points = [
        {"id": "a", "kind": "email", "value": " Maria@EXAMPLE.com ", "verified": True},
        {"id": "b", "kind": "email", "value": "not an address"},
        {"id": "c", "kind": "phone", "value": "300 123 4567"},
        {"id": "d", "kind": "phone", "value": "12"},
        {"id": "e", "kind": "push", "value": "token", "verified": None},
    ]
    await directory.apply(person("p-1", names="María", contact_points=points, digital_access=False))

    assert await directory.find(Group(person="p-1")) == [
        Person(
            ref="p-1",
            name="María",
            contact_points=(
                ContactPoint(id="a", kind="email", value="Maria@example.com", verified=True),
                ContactPoint(id="c", kind="phone", value="+573001234567"),
                ContactPoint(id="e", kind="push", value="token"),
            ),
            digital_access=False,
        )
    ]


async def test_a_wish_for_large_print_is_kept_and_forgotten_with_the_person(
    directory: Directory, database: str
) -> None:
    async def wishes() -> dict[str, bool]:
        async with Database(database) as opened:
            rows = await opened.rows("SELECT id, large_print FROM person ORDER BY id")
        return {row["id"]: row["large_print"] for row in rows}

    await directory.apply(person("p-1", large_print=True), person("p-2"), person("p-3", large_print=None))
    before = await wishes()
    await directory.apply(person_removed("p-1", 2))

    assert {"p-1": True, "p-2": False, "p-3": False} == before
    assert not (await wishes())["p-1"]


async def test_somebody_unknown_or_removed_is_not_found(directory: Directory) -> None:
    await directory.apply(person("p-1"), person_removed("p-1", 2), membership("p-1", "unit:u-1", "owner"))

    assert await directory.refs(Group(person="p-1")) == []
    assert await directory.refs(Group(person="nobody")) == []
    assert await directory.refs(OWNER) == []


async def test_every_group_that_was_asked_for_is_answered(directory: Directory) -> None:
    await directory.apply(person("p-1"), membership("p-1", "unit:u-1", "owner"))
    groups = [
        OWNER,
        PAYER,
        ALL,
        Group(person="p-1"),
        Group(duty="service"),
        Group(level=2, copropiedad_id="ph-1"),
        Group(unit_id="", roles=("owner",)),
        Group(copropiedad_id="", roles=("council",)),
    ]
    async with directory.intake.transaction() as transaction:
        found = await transaction.people(groups)
        assert await transaction.people([]) == {}

    refs = [[one.ref for one in found[group]] for group in groups]
    assert refs == [["p-1"], ["p-1"], [], ["p-1"], [], [], [], []]


async def test_the_registered_payer_pays_and_otherwise_the_owner(directory: Directory) -> None:
    await directory.apply(person("p-1"), membership("p-1", "unit:u-1", "owner"))
    assert await directory.refs(PAYER) == ["p-1"]

    await directory.apply(person("p-2"), membership("p-2", "unit:u-1", "payer"))
    assert await directory.refs(PAYER) == ["p-2"]

    await directory.apply(membership_removed("p-2 payer unit:u-1", 2))
    assert await directory.refs(PAYER) == ["p-1"]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, True),
        (-1, None, True),
        (1, None, False),
        (None, -1, False),
        (-2, 1, True),
        (-2, -1, False),
    ],
)
async def test_a_membership_counts_only_in_its_time(
    directory: Directory, since: int | None, until: int | None, *, found: bool
) -> None:
    instants: dict[str, Any] = {
        name: None if days is None else (now() + timedelta(days=days)).isoformat()
        for name, days in (("since", since), ("until", until))
    }
    await directory.apply(person("p-1"), membership("p-1", "unit:u-1", "owner", **instants))

    assert bool(await directory.refs(OWNER)) == found


async def test_a_date_is_its_first_instant_in_colombia(directory: Directory) -> None:
    today = (now() - timedelta(hours=5)).date()
    tomorrow = today + timedelta(days=1)
    await directory.apply(
        person("p-1"),
        membership("p-1", "unit:u-1", "owner", since=today.isoformat(), until=tomorrow.isoformat()),
    )

    assert await directory.refs(OWNER) == ["p-1"]


async def test_an_instant_that_cannot_be_read_is_refused(directory: Directory) -> None:
    with pytest.raises(StorageRefused):
        await directory.apply(membership("p-1", "unit:u-1", "owner", since="2026-13-01"))


async def test_residents_of_a_copropiedad_are_those_of_its_units_and_of_itself(directory: Directory) -> None:
    await directory.apply(
        unit("u-1", tower="1"),
        unit("u-2", tower="2"),
        unit("u-3", "ph-2"),
        *(person(f"p-{n}") for n in range(1, 7)),
        membership("p-3", "unit:u-1", "resident"),
        membership("p-3", "unit:u-2", "resident"),
        membership("p-1", "unit:u-2", "tenant"),
        membership("p-2", "copropiedad:ph-1", "resident"),
        membership("p-4", "unit:u-1", "owner"),
        membership("p-5", "unit:u-3", "resident"),
        membership("p-6", "copropiedad:ph-2", "resident"),
    )

    assert await directory.refs(ALL) == ["p-1", "p-2", "p-3"]
    assert await directory.refs(Group(copropiedad_id="ph-1", roles=RESIDENTS, towers=("1",))) == [
        "p-2",
        "p-3",
    ]
    assert await directory.refs(Group(copropiedad_id="ph-1", roles=("council",))) == []


async def test_a_broad_group_comes_page_by_page(directory: Directory) -> None:
    names = [f"p-{n:02}" for n in range(25)] + ["Ñ", "a", "é"]
    await directory.apply(unit("u-1"), *map(person, names))
    await directory.apply(*(membership(name, "unit:u-1", "resident") for name in names))
    await directory.apply(person_removed("p-03", 2))
    pages: list[list[str]] = []
    async with directory.intake.transaction() as transaction:
        after = ""
        while page := await transaction.people_page(ALL, after, 10):
            pages.append([one.ref for one in page])
            after = page[-1].ref

    assert [len(page) for page in pages] == [10, 10, 7]
    assert list(itertools.chain(*pages)) == sorted(set(names) - {"p-03"})


@pytest.mark.parametrize(
    ("scopes", "nearest"),
    [
        ({"here": "c:aseo", "any": "c", "company aseo": "aseo", "company": ""}, ["here"]),
        ({"any": "c", "other": "c:zonas", "company aseo": "aseo", "company": ""}, ["any", "other"]),
        ({"elsewhere": "d:aseo", "company aseo": "aseo", "company": ""}, ["company aseo"]),
        ({"elsewhere": "d", "company": "", "company zonas": "zonas"}, ["company", "company zonas"]),
        ({"elsewhere": "d"}, []),
    ],
)
async def test_staff_is_looked_for_near_first(
    directory: Directory, scopes: dict[str, str], nearest: list[str]
) -> None:
    for name, where in scopes.items():
        place, _, area = where.rpartition(":") if ":" in where else ("", "", where)
        if where in {"c", "d"}:
            place, area = where, ""
        await directory.apply(
            person(name),
            membership(
                name,
                f"copropiedad:{place}" if place else "company",
                "staff",
                duty="service",
                level=2,
                service_area=area or None,
            ),
        )

    assert await directory.refs(Group(duty="service", copropiedad_id="c", service_area="aseo")) == nearest
    assert await directory.refs(Group(level=2, copropiedad_id="c", service_area="aseo")) == nearest
    assert await directory.refs(Group(duty="on_call", copropiedad_id="c")) == []


async def test_places_of_known_units_are_answered(directory: Directory) -> None:
    await directory.apply(unit("u-1"), unit("u-2", "ph-2"))
    async with directory.intake.transaction() as transaction:
        assert await transaction.places(["u-1", "u-2", "u-3"]) == {"u-1": "ph-1", "u-2": "ph-2"}


HISTORY = [
    person("p-1", 1, names="One"),
    person("p-1", 3, names="Three"),
    person_removed("p-1", 2),
    person("p-2", 1),
    person_removed("p-2", 2),
    membership("p-1", "unit:u-1", "owner", 1),
    membership_removed("p-1 owner unit:u-1", 2),
    membership("p-1", "unit:u-1", "owner", 3),
    membership("p-2", "unit:u-1", "owner", 1),
    membership("p-3", "unit:u-1", "owner", 2),
    membership_removed("p-3 owner unit:u-1", 3),
    person("p-3", 1),
    unit("u-1", "ph-2", 1),
    unit("u-1", "ph-1", 2),
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(HISTORY), cuts=st.lists(st.integers(0, len(HISTORY)), max_size=4))
def test_any_order_of_events_in_any_batches_ends_the_same(
    database: str, order: list[Event], cuts: list[int]
) -> None:
    bounds = [0, *sorted(cuts), len(order)]
    batches = [order[a:b] for a, b in itertools.pairwise(bounds)]

    assert _end_of(database, batches) == ([("p-1", "Three")], {"u-1": "ph-1"})


def _end_of(database: str, batches: list[list[Event]]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    async def run() -> tuple[list[tuple[str, str]], dict[str, str]]:
        async with Database(database) as opened:
            await opened.rows("TRUNCATE copropiedad, unit, person, membership")
            directory = Directory(PostgresIntake(opened))
            for batch in batches:
                await directory.apply(*batch)
            found = await directory.find(OWNER)
            async with directory.intake.transaction() as transaction:
                return [(person.ref, person.name) for person in found], dict(
                    await transaction.places(["u-1"])
                )

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(run())


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_no_name_and_no_address_of_a_removed_person_is_kept(
    database: str, order: tuple[int, ...]
) -> None:
    story = [person("p-1", 1, names="María"), person("p-1", 2, names="María"), person_removed("p-1", 3)]
    async with Database(database) as opened:
        directory = Directory(PostgresIntake(opened))
        for number in order:
            await directory.apply(story[number])
        kept = await opened.rows("SELECT version, data FROM directory_version ORDER BY version")

    assert [(1, {}), (2, {})] == [(row["version"], row["data"]) for row in kept[:2]]
    assert "María" not in str(kept)


async def test_change_that_waits_for_another_takes_what_that_one_has_written(
    directory: Directory, database: str
) -> None:
    def maria(version: int, address: str) -> Event:
        points = [{"id": "a", "kind": "email", "value": address}]
        return person("p-1", version, contact_points=points)

    await directory.apply(maria(1, "a@example.com"))
    async with directory.intake.transaction() as first:
        await first.apply_directory([maria(2, "b@example.com")])
        second = asyncio.create_task(directory.apply(maria(3, "c@example.com")))
        async with Database(database) as watching:

            async def waits() -> bool:
                return bool(await watching.rows(WAITING))

            await until(waits, "the second change to wait for the first")
    await second
    async with Database(database) as opened:
        changes = await PostgresTimers(opened).contact_changes(10)

    assert [(2, "a@example.com"), (3, "b@example.com")] == [
        (change.version, change.former[0].value) for change in changes
    ]


WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
