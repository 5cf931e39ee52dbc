"""Former contacts of people, in memory and in PostgreSQL; and versions that jump."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pytest

from hub.errors import VersionJump
from hub.model import Event, Json
from hub.people.contact_changes import FormerContact
from tests.contract.stores import Stores
from tests.contract.values import copropiedad, event, membership, person, person_removed, unit

MARIA: Final = "maria@example.com"
MOBILE: Final = "+573001234567"
JUMP: Final = 20260309081500


def points(*values: str) -> list[Json]:
    kinds = {"@": "email", "3": "phone"}
    return [
        {"id": value, "kind": next((kinds[sign] for sign in kinds if sign in value), "push"), "value": value}
        for value in values
    ]


def maria(version: int, *values: str, **fields: Json) -> Event:
    return person("p-1", version, contact_points=points(*values), **fields)


async def former(stores: Stores) -> Sequence[tuple[str, int, str, tuple[str, ...]]]:
    return [
        (row.person, row.version, row.name, tuple(contact.value for contact in row.former))
        for row in await stores.timers.contact_changes(10)
    ]


async def test_change_keeps_whom_it_takes_the_contact_from_until_they_are_notified(stores: Stores) -> None:
    await stores.apply_directory(maria(1, MARIA, MOBILE, names="María"))
    await stores.apply_directory(maria(2, "mallory@evil.example", MOBILE, names="Otra"))
    await stores.apply_directory(maria(3, "mallory@evil.example"))
    first, second = rows = await stores.timers.contact_changes(10)

    assert (first.person, first.version, first.source, first.name) == ("p-1", 2, "urn:crm", "María")
    assert first.former == (FormerContact(kind="email", value=MARIA, now="m***@e***.example"),)
    assert (second.version, second.former) == (3, (FormerContact(kind="phone", value=MOBILE),))
    assert [first] == list(await stores.timers.contact_changes(1))
    await stores.timers.mark_notified([first])
    assert [second] == list(await stores.timers.contact_changes(10))
    await stores.timers.mark_notified(rows)
    assert [] == await former(stores)


@pytest.mark.parametrize(
    "later",
    [
        [maria(2, "maria@EXAMPLE.com", "300 123 4567", names="María P.")],
        [maria(2, MARIA, MOBILE, "token")],
        [maria(1, "mallory@evil.example")],
        [maria(0, "mallory@evil.example")],
        [person_removed("p-1", 2)],
        [person_removed("p-1", 2), maria(3, "mallory@evil.example")],
        [maria(2, "mallory@evil.example"), person_removed("p-1", 3)],
    ],
    ids=["spelling", "a device", "the same version", "an older one", "removal", "return", "removal at once"],
)
async def test_what_changes_no_contact_in_force_notifies_nobody(stores: Stores, later: list[Event]) -> None:
    await stores.apply_directory(maria(1, MARIA, MOBILE))
    for change in later:
        await stores.apply_directory(change)

    assert [] == await former(stores)


async def test_redelivered_change_is_noted_once(stores: Stores) -> None:
    await stores.apply_directory(maria(1, MARIA))
    await stores.apply_directory(maria(2, "b@example.com"))
    await stores.timers.mark_notified(await stores.timers.contact_changes(10))
    await stores.apply_directory(maria(2, "b@example.com"))

    assert [] == await former(stores)


async def test_contact_in_force_before_two_changes_of_a_batch_is_notified(stores: Stores) -> None:
    await stores.apply_directory(maria(1, MARIA))
    await stores.apply_directory(maria(2, "b@example.com"), maria(3, "c@example.com"))

    assert [("p-1", 3, "Name of p-1", (MARIA,))] == await former(stores)


KINDS: Final[list[Callable[[int], Event]]] = [
    lambda version: copropiedad(version=version),
    lambda version: unit("u-1", version=version),
    lambda version: maria(version, MARIA),
    lambda version: person_removed("p-1", version),
    lambda version: membership("p-1", "unit:u-1", "owner", version),
    lambda version: event("directory.leave.removed", data={"leave_id": "l-1", "version": version}),
    lambda version: event("directory.rota.removed", data={"rota_id": "r-1", "version": version}),
]


@pytest.mark.parametrize(
    "make", KINDS, ids=["copropiedad", "unit", "person", "removal", "membership", "leave", "rota"]
)
async def test_jump_over_the_version_in_force_is_refused(
    stores: Stores, make: Callable[[int], Event]
) -> None:
    await stores.apply_directory(make(7))
    with pytest.raises(VersionJump):
        await stores.apply_directory(make(JUMP))
    with pytest.raises(VersionJump):
        await stores.apply_directory(make(8), make(JUMP))
    await stores.apply_directory(make(8))
    with pytest.raises(VersionJump):
        await stores.apply_directory(make(8 + 1_000_001))
