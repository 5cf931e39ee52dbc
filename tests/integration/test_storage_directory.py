"""The directory: the people found, after events in any order."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from hub.model import Event, Person
from hub.people.audience import RESIDENTS, Group
from hub.storage import Database, PostgresIntake, PostgresTimers
from tests.acceptance.harness import until
from tests.contract.values import (
    membership,
    now,
    person,
    person_removed,
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


async def test_a_date_is_its_first_instant_in_colombia(directory: Directory) -> None:
    today = (now() - timedelta(hours=5)).date()
    tomorrow = today + timedelta(days=1)
    await directory.apply(
        person("p-1"),
        membership("p-1", "unit:u-1", "owner", since=today.isoformat(), until=tomorrow.isoformat()),
    )

    assert await directory.refs(OWNER) == ["p-1"]


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
