"""A caller who reaches one copropiedad writes only its entries into the directory."""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.model import Json
from hub.storage.directory_history import EntryScope
from tests.integration.test_web_scope import DELETE, PUT, ask, belongings, town
from tests.integration.town import A, B, Town, everything_in

__all__ = ["town"]

HERE, THERE = f"copropiedad:{A}", f"copropiedad:{B}"
SHIFT: dict[str, Json] = {"days": ["mon"], "from": "18:00", "to": "24:00"}


def member(who: str, scope: str, role: str = "owner") -> dict[str, Json]:
    return {"person_id": who, "scope": scope, "role": role}


def duty(scope: str, who: str) -> dict[str, Json]:
    return {"scope": scope, "duty": "on_call", "shifts": [{**SHIFT, "person_id": who}]}


OPS: Mapping[str, Json] = {**member("p-alfa", "company", "staff"), "duty": "ops"}
NAMED: Mapping[str, Json] = {"names": "Otra", "contact_points": []}

REFUSED: list[tuple[str, str, Mapping[str, Json], int]] = [
    # Entries that belong elsewhere, would belong elsewhere, or would be taken from there.
    (PUT, f"copropiedades/{B}", {"name": "Otra"}, 404),
    (PUT, "copropiedades/ph-new", {"name": "Otra"}, 404),
    (PUT, "units/u-beta", {"copropiedad_id": A, "label": "101"}, 404),
    (PUT, "units/u-new", {"copropiedad_id": B, "label": "101"}, 404),
    (PUT, "units/u-alfa", {"copropiedad_id": B, "label": "101"}, 404),
    (PUT, "memberships/m-beta", member("p-alfa", "unit:u-alfa"), 404),
    (PUT, "memberships/m-alfa", member("p-alfa", "unit:u-beta"), 404),
    (PUT, "memberships/m-new", member("p-alfa", "unit:u-beta"), 404),
    (PUT, "memberships/m-new", member("p-alfa", "unit:unheard-of"), 404),
    (PUT, "memberships/m-new", member("p-alfa", THERE, "council"), 404),
    (DELETE, "memberships/m-beta", {}, 404),
    (DELETE, "memberships/unheard-of", {}, 404),
    (PUT, "rotas/r-beta", duty(HERE, "p-alfa"), 404),
    (PUT, "rotas/r-new", duty(THERE, "p-alfa"), 404),
    (DELETE, "rotas/r-beta", {}, 404),
    # An unknown field does not decide where an entry belongs.
    (PUT, "memberships/m-new", {**member("p-alfa", "unit:u-beta"), "copropiedad_id": A}, 404),
    (
        PUT,
        "memberships/m-new",
        {**member("p-alfa", "company", "staff"), "duty": "ops", "copropiedad_id": A},
        404,
    ),
    (PUT, "rotas/r-new", {**duty(THERE, "p-alfa"), "copropiedad_id": A}, 404),
    (PUT, "units/u-new", {"copropiedad_id": B, "label": "101", "scope": HERE}, 404),
    # A caller may not add a person out of reach: the person would then be visible.
    (PUT, "memberships/m-new", member("p-beta", "unit:u-alfa"), 404),
    (PUT, "memberships/m-new", member("p-unheard-of", "unit:u-alfa"), 404),
    (PUT, "rotas/r-new", duty(HERE, "p-beta"), 404),
    # Entries of the company.
    (PUT, "memberships/m-new", OPS, 404),
    (PUT, "rotas/r-new", duty("company", "p-alfa"), 404),
    *((PUT, f"people/{ref}", NAMED, 403) for ref in ("p-alfa", "p-beta", "p-two", "p-new")),
    *((DELETE, f"people/{ref}", {}, 403) for ref in ("p-alfa", "p-beta", "p-two", "p-new")),
    (PUT, "leaves/l-1", {"person_id": "p-alfa", "since": "2026-06-15", "until": "2026-07-06"}, 403),
]


async def test_entry_of_another_copropiedad_cannot_be_written(town: Town) -> None:
    before = await belongings(town)
    async with town.seen_by(everything_in(A)) as client:
        answers = [
            await ask(client, method, f"/api/directory/{path}", {"version": 9, **body})
            for method, path, body, _ in REFUSED
        ]
    asked = [(method, path, expected) for method, path, _, expected in REFUSED]

    assert asked == [(*one[:2], status) for one, (status, _) in zip(asked, answers, strict=True)]
    assert not [text for _, text in answers if any(word in text for word in town.b.words)]
    assert before == await belongings(town)
    for noun, ref in (("unit", "u-new"), ("membership", "m-new"), ("rota", "r-new"), ("person", "p-new")):
        assert await town.stores.roster.entry_scope(noun, ref) is None
    assert EntryScope(scope="unit:u-alfa", person="p-alfa") == await town.stores.roster.entry_scope(
        "membership", "m-alfa"
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (PUT, f"copropiedades/{A}", {"name": "Altos"}),
        (PUT, "units/u-alfa", {"copropiedad_id": A, "label": "101"}),
        (PUT, "units/u-new", {"copropiedad_id": A, "label": "102"}),
        (PUT, "memberships/m-alfa", member("p-alfa", "unit:u-alfa", "resident")),
        (PUT, "memberships/m-new", member("p-two", HERE, "council")),
        (DELETE, "memberships/m-alfa", {}),
        # Unknown fields mean nothing, with any value.
        (DELETE, "memberships/m-alfa", {"scope": [], "person_id": {}}),
        (PUT, "units/u-new", {"copropiedad_id": A, "label": "102", "scope": THERE, "shifts": "x"}),
        (PUT, "rotas/r-alfa", duty(HERE, "p-alfa")),
        (DELETE, "rotas/r-alfa", {}),
    ],
    ids=str,
)
async def test_entry_of_the_own_copropiedad_can_be_written(
    town: Town, method: str, path: str, body: dict[str, Any]
) -> None:
    async with town.seen_by(everything_in(A)) as client:
        status, text = await ask(client, method, f"/api/directory/{path}", {"version": 9, **body})

    assert (200, '{"applied":true,"version":9}') == (status, text)


async def test_removed_entry_cannot_be_restored_by_a_caller_of_one_copropiedad(town: Town) -> None:
    async with town.seen_by(everything_in(A)) as client:
        gone, _ = await ask(client, DELETE, "/api/directory/memberships/m-alfa", {"version": 9})
        again = {"version": 10, **member("p-two", "unit:u-alfa")}
        back, _ = await ask(client, PUT, "/api/directory/memberships/m-alfa", again)

    assert (200, 404) == (gone, back)


async def test_audit_ignores_unknown_fields(town: Town) -> None:
    body = {"version": 9, "copropiedad_id": A, "label": "101", "person_id": "p-beta"}
    async with town.seen_by(everything_in(A)) as client:
        await ask(client, PUT, "/api/directory/units/u-alfa", body)
        await ask(client, DELETE, "/api/directory/memberships/m-alfa", {"version": 9, "person_id": "p-beta"})

    notes = (await town.stores.audit.notes(after=None, limit=9)).items
    assert ["p-alfa", None] == [note.person for note in notes]
