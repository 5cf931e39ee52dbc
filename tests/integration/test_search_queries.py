"""Search for typed words, in PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hub.desk.search import queries
from hub.desk.search.rows import FoundPerson
from hub.model import StoredEvent
from hub.storage import Database, PostgresIntake
from tests.contract.stores import stores_in
from tests.contract.values import (
    copropiedad,
    event,
    membership,
    message,
    now,
    person,
    person_removed,
    stored,
    unit,
)

NAMES = {
    "p-maria": "María Peña Gómez",
    "p-ana": "Ana Gómez",
    "p-mariana": "Mariana Gómez",
    "p-jose": "José González",
    "p-john": "John Núñez",
}
PHONE = {"id": "c-1", "kind": "phone", "value": "+573001234567"}
MAIL = {"id": "c-2", "kind": "email", "value": "Ana_G@Correo.example"}
TOKEN = {"id": "c-3", "kind": "push", "value": "token-of-a-device"}
BEFORE: dict[str, Any] = {"since": "2026-01-01"}


@pytest.fixture
async def town(opened: Database) -> Database:
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory(
            [
                copropiedad("ph-1", name="Altos del Rosal", address="Calle 93 # 11-20"),
                copropiedad("ph-2", name="Torres de la Colina"),
                unit("altos-t2-301", "ph-1", tower="2", label="Apto 301"),
                unit("u-9", "ph-2", tower="Torre 2", label="301"),
                unit("u-10", "ph-2", tower="Torre 2", label="3011"),
                *(person(ref, names=name) for ref, name in NAMES.items() if ref != "p-ana"),
                person("p-ana", names=NAMES["p-ana"], contact_points=[PHONE, MAIL, TOKEN]),
                membership("p-maria", "unit:altos-t2-301", "owner", **BEFORE),
                membership("p-ana", "unit:u-9", "tenant", **BEFORE),
                membership("p-jose", "unit:u-9", "owner", **BEFORE, until="2026-02-01"),
                membership("p-jose", "copropiedad:ph-1", "council", **BEFORE),
            ]
        )
    return opened


def refs(found: Sequence[FoundPerson]) -> list[str]:
    return [one.ref for one in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["maria"], ["p-maria"]),
        (["maria", "gomez"], ["p-maria"]),
        (["gomez", "ana"], ["p-ana"]),
        (["pen"], ["p-maria"]),
        (["nunez"], ["p-john"]),
        (["gonzales"], ["p-jose"]),
        (["jhon"], ["p-john"]),
        (["maira", "gomes"], ["p-maria"]),
        (["zutano"], []),
    ],
    ids=" ".join,
)
async def test_people_are_found_by_words_of_their_name(
    town: Database, words: list[str], expected: list[str]
) -> None:
    found = refs(await queries.people_called(town, words, limit=5))

    assert expected == found[: len(expected)]
    assert expected or not found


async def test_whole_words_come_before_words_that_only_begin_so(town: Database) -> None:
    assert "p-maria" == refs(await queries.people_called(town, ["maria"], limit=5))[0]
    assert ["p-maria", "p-mariana"] == sorted(refs(await queries.people_called(town, ["maria"], limit=5)))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("573001234567", ["p-ana"]),
        ("3001234567", ["p-ana"]),
        ("4567", ["p-ana"]),
        ("ana_g@correo", ["p-ana"]),
        ("ana%", []),
        ("anaxg@correo", []),
        ("token-of-a-device", []),
    ],
)
async def test_people_are_found_by_parts_of_their_addresses(
    town: Database, part: str, expected: list[str]
) -> None:
    assert expected == refs(await queries.people_at(town, part, limit=5))


@pytest.mark.parametrize("others", [0, 50], ids=["few places", "many"])
async def test_person_belongs_where_a_membership_lasts(town: Database, others: int) -> None:
    more = {f"ph-{number}" for number in range(1000, 1000 + others)}
    here, there = frozenset({"ph-1"}) | more, frozenset({"ph-2"}) | more

    assert ["p-jose"] == refs(await queries.people_called(town, ["gonzalez"], limit=5, places=here))
    assert [] == refs(await queries.people_called(town, ["gonzalez"], limit=5, places=there))
    assert [] == refs(await queries.people_called(town, ["gonzales"], limit=5, places=there))
    assert ["p-ana"] == refs(await queries.people_at(town, "4567", limit=5, places=there))
    assert [] == refs(await queries.people_at(town, "4567", limit=5, places=here))
    assert [] == refs(await queries.people(town, ["p-ana"], places=here))


async def test_nobody_is_found_in_no_place(town: Database) -> None:
    assert [] == refs(await queries.people_called(town, ["gomez"], limit=5, places=frozenset()))


async def test_person_has_the_roles_that_last_in_the_places(town: Database) -> None:
    [jose] = await queries.people(town, ["p-jose"])
    [ana] = await queries.people(town, ["p-ana"])

    assert [("council", "", "ph-1")] == jose.roles
    assert [("tenant", "Torre 2 301", "ph-2")] == ana.roles


async def test_person_who_is_removed_is_found_by_nothing(town: Database) -> None:
    await stores_in(town).apply_directory(person_removed("p-ana", 2))

    assert [] == refs(await queries.people_called(town, ["gomez", "ana"], limit=5))
    assert [] == refs(await queries.people_at(town, "4567", limit=5))
    assert [] == refs(await queries.people(town, ["p-ana"]))


@pytest.mark.parametrize("words", [["t2", "301"], ["2", "301"], ["301"]], ids=" ".join)
async def test_units_are_found_by_tower_and_number(town: Database, words: list[str]) -> None:
    found = await queries.units(town, words, limit=5)

    assert ["altos-t2-301", "u-9"] == sorted(place.id for place in found)[:1] + [
        place.id for place in found if place.id == "u-9"
    ]
    assert "u-10" not in [place.id for place in found[:2]]
    assert [("altos-t2-301", "Torre 2 Apto 301")] == [
        (place.id, place.name)
        for place in await queries.units(town, words, limit=5, places=frozenset({"ph-1"}))
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["altos"], ["ph-1"]), (["calle", "93"], ["ph-1"]), (["colinas"], ["ph-2"]), (["ph"], ["ph-1", "ph-2"])],
    ids=str,
)
async def test_copropiedades_are_found_by_name_and_address(
    town: Database, words: list[str], expected: list[str]
) -> None:
    assert expected == sorted(place.id for place in await queries.copropiedades(town, words, limit=5))
    assert [] == await queries.copropiedades(town, words, limit=5, places=frozenset())


async def test_words_name_the_buildings_that_have_them(town: Database) -> None:
    asked = ["altos", "colinas", "ph", "torre", "zutano"]

    assert {
        "altos": {"ph-1"},
        "colinas": {"ph-2"},
        "ph": {"ph-1", "ph-2"},
        "torre": {"ph-2"},
    } == await queries.buildings_named(town, asked, near=asked)
    assert {} == await queries.buildings_named(town, ["colinas"], near=[])
    assert {"ph": {"ph-2"}} == await queries.buildings_named(
        town, ["altos", "ph"], near=[], places=frozenset({"ph-2"})
    )


async def test_places_are_found_by_id(town: Database) -> None:
    assert {"ph-1", "u-9"} == {
        place.id for place in await queries.known_places(town, ["ph-1", "u-9", "u-99"])
    }
    assert ["u-9"] == [
        place.id for place in await queries.known_places(town, ["ph-1", "u-9"], places=frozenset({"ph-2"}))
    ]


def circular(title: str, days_ago: int, place: str = "ph-1") -> StoredEvent:
    at = now() - timedelta(days=days_ago)
    told = event("admin.circular.issued", id=title, time=at, data={"circular_id": title, "title": title})
    return stored(told, case=f"circular_id:{title}", copropiedad_id=place)


async def test_events_and_messages_are_found_by_words_of_their_subjects(town: Database) -> None:
    old = circular("Corte de agua en la torre 1", 300)
    new = circular("Corte de agua y de energía", 2)
    other = circular("Asamblea", 1, "ph-2")
    paid = stored(event("admin.payment.received", data={"amount": "agua"}))
    messages = [message(told, person=f"p-{number}") for told in (old, new) for number in range(3)]
    async with PostgresIntake(town).transaction() as transaction:
        await transaction.add_events([old, new, other, paid])
        await transaction.add_messages(messages)
    found = await queries.events_about(town, ["corte", "agua"], limit=5)
    keys = [one.key for one in found]
    told_of = await queries.messages_of(town, keys, limit=1)

    assert [new.key, old.key] == keys
    assert "Corte de agua y de energía" == found[0].words
    assert [new.key] == [one.key for one in await queries.events_about(town, ["agua", "energia"], limit=5)]
    assert [new.key] == [one.key for one in await queries.events_about(town, ["agua"], limit=1)]
    assert [new.key, old.key] == [one.event_key for one in told_of]
    assert [] == await queries.events_about(town, ["agua"], limit=5, places=frozenset({"ph-2"}))
    assert [] == await queries.events_about(town, ["gua"], limit=5)


async def test_events_and_messages_are_found_by_id(town: Database) -> None:
    told = circular("Asamblea", 1)
    sent = message(told)
    async with PostgresIntake(town).transaction() as transaction:
        await transaction.add_events([told])
        await transaction.add_messages([sent])
    elsewhere = frozenset({"ph-2"})

    assert [told.key] == [one.key for one in await queries.events(town, ["Asamblea"], [], limit=5)]
    assert [told.key] == [one.key for one in await queries.events(town, [], [told.key], limit=5)]
    assert [sent.id] == [one.id for one in await queries.messages(town, [sent.id])]
    assert [] == await queries.events(town, ["Asamblea"], [told.key], limit=5, places=elsewhere)
    assert [] == await queries.messages(town, [sent.id], places=elsewhere)


async def test_text_that_no_database_stores_finds_nothing(town: Database) -> None:
    assert [] == await queries.people(town, ["a\0b"])
    assert [] == await queries.people_at(town, "a\0\\", limit=5)
    assert [] == await queries.known_places(town, ["\ud800"])
    assert [] == await queries.events(town, ["a\0b"], [], limit=5)
