"""The search over HTTP: found rows, the callers who see names, and the row of the audit."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from hub.model import Reach, Scope
from hub.storage import Database, PostgresIntake
from tests.contract.stores import stores_in
from tests.contract.values import clock, copropiedad, event, membership, message, person, stored, unit
from tests.integration.town import PHONE, A, B, Town, everything_in, open_town
from tests.integration.web_doubles import World, ask

CASE = stored(
    event(
        "pqrs.received",
        id="evt-gotera",
        data={"pqrs_id": "PQ-1", "radicado": "PQ-2026-000901", "subject": "Gotera en el baño"},
    ),
    copropiedad_id="ph-1",
    unit_id="u-301",
)
SENT = message(CASE, person="p-maria")


@pytest.fixture
async def made(opened: Database) -> World:
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory(
            [
                copropiedad("ph-1", name="Altos del Rosal"),
                unit("u-301", "ph-1", tower="2", label="Apto 301"),
                person("p-maria", names="María Peña"),
                membership("p-maria", "unit:u-301", "owner", since="2026-01-01"),
            ]
        )
        await transaction.add_events([CASE])
        await transaction.add_messages([SENT])
        await transaction.save_clocks(
            [clock("pqrs_id:PQ-1", context={"radicado": "PQ-2026-000901", "copropiedad_id": "ph-1"})]
        )
    return World(database=opened)


async def found(world: World, typed: str, **more: str) -> Mapping[str, list[Any]]:
    reply = await ask(world, path(typed, **more))
    assert 200 == reply.status, reply.text
    return items_of(reply.json)


def path(typed: str, **more: str) -> str:
    return f"/api/search?{urlencode({'q': typed, **more})}"


def items_of(answer: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {group["kind"]: group["items"] for group in answer["groups"]}


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("Maria", "people", "p-maria"),
        ("p-maria", "people", "p-maria"),
        ("p-maria@example.com", "people", "p-maria"),
        ("T2-301", "units", "u-301"),
        ("torre 2 apto 301", "units", "u-301"),
        ("u-301", "units", "u-301"),
        ("rosal", "copropiedades", "ph-1"),
        ("ph-1", "copropiedades", "ph-1"),
        ("pq-2026-000901", "cases", "pqrs_id:PQ-1"),
        ("pqrs_id:PQ-1", "cases", "pqrs_id:PQ-1"),
        ("evt-gotera", "events", str(CASE.key)),
        (str(CASE.key), "events", str(CASE.key)),
        ("peña 301", "people", "p-maria"),
        ("301 pena", "people", "p-maria"),
        ("pnea 301", "people", "p-maria"),
        ("maria t2-301 rosal", "people", "p-maria"),
        ("maria rosal", "people", "p-maria"),
        ("pnea rosal", "people", "p-maria"),
        ("pnea 301 rosal", "people", "p-maria"),
        ("rosal 301", "units", "u-301"),
        ("301 gotera", "cases", "pqrs_id:PQ-1"),
        ("gotera maria", "cases", "pqrs_id:PQ-1"),
        ("rosal gotera", "cases", "pqrs_id:PQ-1"),
        ("peña 301 rosal gotera", "cases", "pqrs_id:PQ-1"),
        ("gotera baño", "events", str(CASE.key)),
        ("gotera baño", "cases", "pqrs_id:PQ-1"),
        ("gotera baño", "messages", str(SENT.id)),
        (str(SENT.id), "messages", str(SENT.id)),
        (str(SENT.id), "cases", "pqrs_id:PQ-1"),
        ("pqrs recibida", "events", "pqrs.received"),
    ],
)
async def test_thing_is_found_by_what_is_known_of_it(
    made: World, typed: str, kind: str, expected: str
) -> None:
    assert expected in [item["id"] for item in (await found(made, typed))[kind]]


async def test_person_is_found_though_a_subject_has_all_the_words_too(made: World) -> None:
    assert made.database is not None
    title = event("admin.circular.issued", data={"circular_id": "c-1", "title": "Señora Peña del 301"})
    await stores_in(made.database).add_events(stored(title, copropiedad_id="ph-1"))
    both = await found(made, "peña 301")

    assert ["p-maria"] == [item["id"] for item in both["people"]]
    assert ["Señora Peña del 301"] == [item["detail"] for item in both["events"]]


async def test_radicado_is_not_looked_for_among_names(made: World) -> None:
    reply = await ask(made, path("PQ-2026-000901"))

    assert ["reference"] == reply.json["understood"]
    assert {"cases"} == items_of(reply.json).keys()


async def test_who_answers_finds_names_units_and_subjects(made: World) -> None:
    [one] = (await found(made, "maria"))["people"]
    of_words = await found(made, "gotera")

    assert ("María Peña", "propietario, Torre 2 Apto 301 · Altos del Rosal", "ph-1") == (
        one["title"],
        one["detail"],
        one["copropiedad"],
    )
    assert ["Gotera en el baño"] == [item["detail"] for item in of_words["events"]]
    assert ["PQ-2026-000901 · Gotera en el baño"] == [item["detail"] for item in of_words["cases"]]


async def test_message_is_somebodys_by_name_and_noted_for_them(made: World) -> None:
    [sent] = (await found(made, "gotera"))["messages"]

    assert ("María Peña", False) == (sent["detail"].split(" · ")[-1], "p-maria" in sent["detail"])
    assert ["p-maria"] == [note.person for note in made.audit.rows]


async def test_search_is_audited_without_its_words_and_for_each_person_whom_it_names(made: World) -> None:
    await ask(made, path("maria"))
    await ask(made, path("maria", whole="true"))
    await ask(made, path("zutano", whole="true"))
    notes = [(note.action, note.subject, note.person, note.detail["whole"]) for note in made.audit.rows]

    assert [
        ("search", "search", "p-maria", False),
        ("search", "search", "p-maria", True),
        ("search", "search", None, True),
    ] == notes
    assert "maria" not in str([note.detail for note in made.audit.rows])


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=a&limit=0", "?q=a&limit=99", "?q=a&x=1", f"?q={'x' * 201}", "?q=a%00b"]
)
async def test_search_answers_any_words(made: World, query: str) -> None:
    reply = await ask(made, f"/api/search{query}")

    assert reply.status in {200, 400}, reply.text
    assert reply.status == 400 or not reply.json["groups"]


async def test_more_says_that_a_group_is_cut(made: World) -> None:
    assert made.database is not None
    await stores_in(made.database).apply_directory(
        *(person(f"p-{number}", names="Ana Ruiz") for number in range(4))
    )
    few = await ask(made, path("ruiz", limit="3"))
    all_of_them = await ask(made, path("ruiz", limit="4"))

    assert [(3, True), (4, False)] == [
        (len(group["items"]), group["more"])
        for reply in (few, all_of_them)
        for group in reply.json["groups"]
        if group["kind"] == "people"
    ]


@pytest.fixture
async def town(database: str) -> AsyncIterator[Town]:
    async with open_town(database) as town:
        yield town


async def searched(town: Town, reach: Reach, typed: str, **more: str) -> tuple[int, dict[str, list[str]]]:
    async with town.seen_by(reach) as client, client.get(path(typed, **more)) as answer:
        read = json.loads(await answer.text())
    groups = items_of(read) if answer.status == 200 else {}
    return answer.status, {kind: [item["id"] for item in items] for kind, items in groups.items()}


async def test_caller_of_one_copropiedad_finds_only_what_is_there(town: Town) -> None:
    for typed in ("p-beta", "u-beta", B, "pqrs_id:CASE-beta", "event-beta", str(town.b.message)):
        own = await searched(town, everything_in(A), typed)
        other = await searched(town, everything_in(B), typed)

        assert (200, {}) == own, typed
        assert other[1], typed


async def test_people_of_other_copropiedades_are_not_found_by_name(town: Town) -> None:
    _, own = await searched(town, everything_in(A), "persona")
    _, both = await searched(town, everything_in(A, B), "persona")

    assert "p-beta" not in own["people"]
    assert "p-alfa" in own["people"]
    assert "p-beta" in both["people"]


async def test_who_only_looks_finds_nobody_by_name_or_address(town: Town) -> None:
    reader: Reach = {Scope.READ: frozenset({A})}
    by_name = await searched(town, reader, "persona")
    by_mail = await searched(town, reader, "@example.com")
    by_ref = await searched(town, reader, "p-alfa")
    whole = await searched(town, reader, "p-alfa", whole="true")
    async with town.seen_by(reader) as client, client.get(path("persona")) as answer:
        notes = json.loads(await answer.text())["notes"]

    assert "people" not in by_name[1]
    assert (200, {}) == by_mail
    assert ["p-alfa"] == by_ref[1]["people"]
    assert 403 == whole[0]
    assert [
        "Por nombre, teléfono, correo o texto solo busca quien atiende a las personas (`operate`)."
    ] == notes


async def test_names_are_shown_only_where_the_caller_has_privacy(town: Town) -> None:
    reach: Reach = {Scope.READ: frozenset({A, B}), Scope.PRIVACY: frozenset({A})}
    _, named = await searched(town, reach, "persona", whole="true")
    _, elsewhere = await searched(town, reach, "p-beta", whole="true")

    assert "p-beta" not in named["people"]
    assert "people" not in elsewhere
    assert [("p-alfa", "P*** a***")] == await titles(town, reach, "persona alfa")
    assert [("p-beta", "P*** b***")] == await titles(town, reach, "p-beta")


async def test_names_of_one_building_are_shown_to_who_answers_there(town: Town) -> None:
    reach: Reach = {Scope.READ: frozenset({A, B}), Scope.OPERATE: frozenset({A})}
    _, of_b = await searched(town, reach, "persona beta")

    assert [("p-alfa", "Persona alfa")] == await titles(town, reach, "persona alfa")
    assert [("p-alfa", "Persona alfa")] == await titles(town, reach, PHONE["alfa"][-7:])
    assert [("p-beta", "P*** b***")] == await titles(town, reach, "p-beta")
    assert "people" not in of_b


async def titles(town: Town, reach: Reach, typed: str) -> list[tuple[str, str]]:
    async with town.seen_by(reach) as client, client.get(path(typed)) as answer:
        return [(item["id"], item["title"]) for item in items_of(json.loads(await answer.text()))["people"]]
