"""People as seen by a caller limited to some copropiedades; and the readers of a person's data."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from hub.access.audit import note
from hub.model import PropertyScope
from hub.storage.directory_history import EntryScope, Holders
from tests.contract.stores import RealStores
from tests.contract.test_filters import BOTH, NOWHERE, A, B
from tests.contract.values import (
    HOUR,
    copropiedad,
    leave,
    membership,
    membership_removed,
    now,
    person,
    rota,
    unit,
)


async def people(stores: RealStores) -> None:
    """
    Ana owns in A and is of B's council; Beto lives in B, and lived in A once; Caro is the company's; Dora
    belongs to nobody.
    """
    await stores.apply_directory(
        copropiedad("ph-a"),
        copropiedad("ph-b"),
        unit("u-a", "ph-a"),
        unit("u-b", "ph-b"),
        *(person(ref) for ref in ("ana", "beto", "caro", "dora")),
        membership("ana", "unit:u-a", "owner"),
        membership("ana", "copropiedad:ph-b", "council"),
        membership("beto", "unit:u-b", "owner"),
        membership("beto", "unit:u-a", "tenant", until="2026-01-31"),
        membership("caro", "company", "staff"),
    )


@pytest.mark.parametrize(
    ("ref", "places", "seen"),
    [
        ("ana", None, {"unit:u-a", "copropiedad:ph-b"}),
        ("ana", BOTH, {"unit:u-a", "copropiedad:ph-b"}),
        ("ana", A, {"unit:u-a"}),
        ("ana", B, {"copropiedad:ph-b"}),
        ("ana", NOWHERE, None),
        ("beto", A, None),
        ("beto", B, {"unit:u-b"}),
        ("beto", BOTH, {"unit:u-a", "unit:u-b"}),
        ("caro", BOTH, None),
        ("caro", None, {"company"}),
        ("dora", BOTH, None),
        ("dora", None, set()),
        ("nobody", None, None),
    ],
)
async def test_a_person_of_two_copropiedades_is_in_each_what_he_is_there(
    stores: RealStores, ref: str, places: PropertyScope, seen: set[str] | None
) -> None:
    await people(stores)
    masked = await stores.roster.somebody(ref, places=places)
    whole = await stores.roster.somebody(ref, places=places, whole=True)

    assert seen == (None if masked is None else {row["scope"] for row in masked["memberships"]})
    assert seen == (None if whole is None else {row["scope"] for row in whole["memberships"]})
    assert masked is None or f"Name of {ref}" not in str(masked)
    assert whole is None or (f"Name of {ref}", f"{ref}@example.com") == (
        whole["name"],
        whole["contact_points"][0]["value"],
    )


@pytest.mark.parametrize(
    ("asked", "places", "found"),
    [
        ({"unit": "u-b", "copropiedad": None}, None, ["beto"]),
        ({"unit": "u-b", "copropiedad": None}, B, ["beto"]),
        ({"unit": "u-b", "copropiedad": None}, A, []),
        ({"unit": None, "copropiedad": "ph-b"}, A, []),
        ({"unit": None, "copropiedad": "ph-b"}, BOTH, ["beto"]),
        ({"unit": None, "copropiedad": "ph-b"}, NOWHERE, []),
    ],
)
async def test_who_holds_a_role_is_listed_for_ones_own_copropiedades(
    stores: RealStores, asked: dict[str, str | None], places: PropertyScope, found: list[str]
) -> None:
    await people(stores)
    who = Holders(role="owner", unit=asked["unit"], copropiedad=asked["copropiedad"], on=now() + HOUR)
    page = await stores.roster.holders(who, after=None, limit=9, places=places)

    assert found == [row["person"] for row in page.items]


@pytest.mark.parametrize(
    ("scopes", "who", "places", "reached"),
    [
        (["copropiedad:ph-a", "unit:u-a"], ["ana"], A, True),
        (["copropiedad:ph-b"], [], A, False),
        (["unit:u-b"], [], A, False),
        (["unit:u-a", "unit:u-b"], [], A, False),
        (["unit:u-a", "unit:u-b"], ["ana", "beto"], BOTH, True),
        (["company"], [], BOTH, False),
        (["none"], [], BOTH, False),
        (["unit:unheard-of"], [], BOTH, False),
        (["unit:u-a"], ["beto"], A, False),
        (["unit:u-a"], ["dora"], A, False),
        (["unit:u-a"], ["nobody"], A, False),
        (["copropiedad:ph-a"], [], NOWHERE, False),
    ],
)
async def test_what_an_entry_touches_is_of_these_places_or_not(
    stores: RealStores, scopes: list[str], who: list[str], places: Collection[str], reached: bool
) -> None:
    await people(stores)

    assert reached == await stores.roster.reached(scopes, who, places)


async def test_the_position_of_an_entry_is_returned(stores: RealStores) -> None:
    await people(stores)
    gone = "beto owner unit:u-b"
    await stores.apply_directory(
        rota("r-1", "copropiedad:ph-a"),
        leave("ana", "2026-06-15", "2026-07-06"),
        membership_removed(gone, 2),
    )
    asked = [
        *(("copropiedad", "ph-a"), ("unit", "u-a"), ("person", "ana"), ("membership", "caro staff company")),
        *(("rota", "r-1"), ("leave", "leave of ana"), ("membership", gone), ("unit", "unheard-of")),
    ]

    assert [
        EntryScope(scope="copropiedad:ph-a"),
        EntryScope(scope="copropiedad:ph-a"),
        EntryScope(scope=None, person="ana"),
        EntryScope(scope="company", person="caro"),
        EntryScope(scope="copropiedad:ph-a"),
        EntryScope(scope=None, person="ana"),
        EntryScope(scope=None),
        None,
    ] == [await stores.roster.entry_scope(noun, ref) for noun, ref in asked]


async def test_looks_at_somebody_and_writes_about_him_are_listed_newest_first(
    stores: RealStores,
) -> None:
    await people(stores)
    await stores.apply_directory(membership_removed("ana owner unit:u-a", 2))
    for who, whom in (("luis", "ana"), ("luis", "beto"), ("sara", "ana"), ("sara", None)):
        await note(stores.audit, who=who, action="message.show", subject="message:1", person=whom)
    found: list[tuple[str, str, str]] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = await stores.audit.notes(after=after, limit=2, person="ana")
        found += [(row.who, row.action, row.subject) for row in page.items]
        assert {"ana"} == {row.person for row in page.items}
        after, pages = page.next, pages + 1

    assert [("sara", "message.show", "message:1"), ("luis", "message.show", "message:1")] == found[:2]
    assert {
        ("urn:crm", "directory.upserted", "person:ana"),
        ("urn:crm", "directory.upserted", "membership:ana owner unit:u-a"),
        ("urn:crm", "directory.removed", "membership:ana owner unit:u-a"),
        ("urn:crm", "directory.upserted", "membership:ana council copropiedad:ph-b"),
    } == set(found[2:])
    assert 6 == len(found)
