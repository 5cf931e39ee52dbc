"""The directory over HTTP: writing entries and reading them."""

import json
from typing import Any

import pytest

from hub.contact_rules.consents import consents_of
from hub.model import Json
from hub.model.ids import event_key
from hub.storage import Database, PostgresIntake, PostgresTimers
from tests.contract.values import consent
from tests.integration.web_doubles import Reply, World, ask

JSON = {"Content-Type": "application/json"}
PERSON: dict[str, Json] = {
    "version": 2,
    "names": "María Peña",
    "contact_points": [{"id": "m", "kind": "email", "value": "maria@example.com"}],
}
OWNER: dict[str, Json] = {
    "version": 1,
    "person_id": "p-1",
    "scope": "unit:u-1",
    "role": "owner",
    "since": "2019-07-01",
    "until": "2026-03-01",
}


async def write(world: World, path: str, body: Any, method: str = "PUT") -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await ask(world, f"/api/directory/{path}", method=method, headers=JSON, body=raw)


async def test_entry_is_applied_once_and_an_older_version_never(opened: Database) -> None:
    world = World(database=opened)
    answers = [
        (await write(world, "people/p-1", {**PERSON, "version": version})).json for version in (2, 2, 1, 3)
    ]
    removed = await write(world, "people/p-1", {"version": 4}, "DELETE")

    assert [
        {"applied": True, "version": 2},
        {"applied": False, "version": 2},
        {"applied": False, "version": 2},
        {"applied": True, "version": 3},
        {"applied": True, "version": 4},
    ] == [*answers, removed.json]
    assert 404 == (await ask(world, "/api/people/p-1")).status


async def test_administrator_writes_over_a_version_that_jumped(opened: Database) -> None:
    world = World(database=opened)
    stolen = {**PERSON, "version": 1_000_000, "names": "Mallory"}
    await write(world, "people/p-1", PERSON)
    await write(world, "people/p-1", stolen)
    ignored = await write(world, "people/p-1", {**PERSON, "version": 3})
    over = await write(world, "people/p-1?override=true", {**PERSON, "version": 3})
    later = await write(world, "people/p-1", {**PERSON, "version": 4})
    person = await ask(world, "/api/people/p-1?whole=true")
    notes = [note.detail for note in world.audit.rows if note.detail.get("override")]

    assert {"applied": False, "version": 1_000_000} == ignored.json
    assert {"applied": True, "version": 3} == over.json
    assert {"applied": True, "version": 4} == later.json
    assert "María Peña" == person.json["name"]
    assert [{"version": 3, "override": True}] == notes


async def test_jump_is_refused_unless_an_administrator_overrides(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    refused = await write(world, "people/p-1", {**PERSON, "version": 20260309081500})
    removal = await write(world, "people/p-1", {"version": 20260309081500}, "DELETE")
    next_one = await write(world, "people/p-1", {**PERSON, "version": 3})
    over = await write(world, "people/p-1?override=true", {**PERSON, "version": 20260309081500})

    assert [409, 409] == [refused.status, removal.status]
    assert "data.version: expected at most 1000002" in refused.json["error"]
    assert "override=true" in refused.json["error"]
    assert {"applied": True, "version": 3} == next_one.json
    assert {"applied": True, "version": 20260309081500} == over.json


async def test_override_notifies_whose_contact_it_takes(opened: Database) -> None:
    world, timers = World(database=opened), PostgresTimers(opened)
    theirs = [{"id": "m", "kind": "email", "value": "mallory@evil.example"}]
    await write(world, "people/p-1", PERSON)
    await write(world, "people/p-1", {**PERSON, "version": 1_000_000, "contact_points": theirs})
    [taken] = await timers.contact_changes(10)
    await write(world, "people/p-1?override=true", {**PERSON, "version": 3})
    [given_back] = await timers.contact_changes(10)

    assert ("maria@example.com", 1_000_000) == (taken.former[0].value, taken.version)
    assert ("mallory@evil.example", 3) == (given_back.former[0].value, given_back.version)
    assert ("urn:hub:api", "m***@e***.com") == (given_back.source, given_back.former[0].now)


ENTRIES: dict[str, dict[str, Json]] = {
    "people/p-1": PERSON,
    "copropiedades/ph-1": {"name": "Altos", "desk": {"name": "Portería", "phone": "601 745 1000"}},
    "units/u-1": {"copropiedad_id": "ph-1", "label": "101"},
    "memberships/m-1": OWNER,
    "leaves/l-1": {"person_id": "p-1", "since": "2026-06-15", "until": "2026-07-06"},
    "rotas/r-1": {
        "scope": "company",
        "duty": "on_call",
        "shifts": [{"days": ["mon"], "from": "18:00", "to": "24:00", "person_id": "p-1"}],
    },
}


@pytest.mark.parametrize("path", ENTRIES)
async def test_each_kind_can_be_written_and_written_over(opened: Database, path: str) -> None:
    world, body = World(database=opened), ENTRIES[path]
    first = await write(world, path, {**body, "version": 9})
    over = await write(world, f"{path}?override=true", {**body, "version": 1})

    assert (200, {"applied": True, "version": 9}) == (first.status, first.json)
    assert {"applied": True, "version": 1} == over.json


async def test_version_beyond_the_present_is_refused(opened: Database) -> None:
    answer = await write(World(database=opened), "people/p-1", {**PERSON, "version": 9007199254740991})

    assert (400, True) == (answer.status, "data.version: expected a counter" in answer.json["error"])


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("people/p-1", {"names": "María", "contact_points": []}, "data.version: required"),
        ("people/p-1", {"version": "1"}, "data.version: expected integer"),
        ("memberships/m-1", {**OWNER, "role": "vecino"}, "data.role: expected one of owner"),
        ("memberships/m-1", {**OWNER, "since": "ayer"}, "data.since: expected a date"),
        ("leaves/l-1", {"version": 1, "person_id": "p-1", "since": "2026-06-15"}, "data.until: required"),
        (
            "copropiedades/ph-1",
            {"version": 1, "name": "A", "desk": {"name": "P"}},
            "data.desk.phone: required",
        ),
        ("people/p-1", {**PERSON, "person_id": "p-2"}, "person_id: expected the id of the path"),
        ("people/p-1", [], "expected a JSON object"),
        ("people/p-1", b"{", "the body: expected JSON"),
        ("people/p-1", b'{"version": 1, "names": "\\u0000", "contact_points": []}', "U+0000"),
    ],
)
async def test_a_refusal_names_the_field_and_changes_nothing(
    opened: Database, path: str, body: Any, named: str
) -> None:
    world = World(database=opened)
    answer = await write(world, path, body)

    assert 400 == answer.status
    assert named in answer.json["error"]
    assert 404 == (await ask(world, "/api/people/p-1")).status


async def test_unknown_kind_cannot_be_written_or_removed() -> None:
    world = World()

    assert 404 == (await write(world, "towers/t-1", {"version": 1})).status
    assert 405 == (await write(world, "units/u-1", {"version": 1}, "DELETE")).status


async def test_who_was_an_owner_on_a_day_is_answered_without_the_address(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    await write(world, "memberships/m-1", OWNER)
    asked = "/api/people?role=owner&unit=u-1&on="
    on_days = [
        [row["person"] for row in (await ask(world, f"{asked}{day}")).json["items"]]
        for day in ("2019-06-30", "2019-07-01", "2026-02-28", "2026-03-01", "2026-02-28T23:59:59-05:00")
    ]
    shown = await ask(world, "/api/people/p-1")

    assert [[], ["p-1"], ["p-1"], [], ["p-1"]] == on_days
    assert ["unit:u-1"] == [membership["scope"] for membership in shown.json["memberships"]]
    assert "María" in shown.text
    assert "maria@" not in shown.text


@pytest.mark.parametrize(
    "query",
    [
        "role=owner",
        "role=owner&unit=u-1&copropiedad=ph-1",
        "role=vecino&unit=u-1",
        "unit=u-1",
        "role=owner&unit=u-1&on=ayer",
        "role=owner&unit=u-1&on=2026-02-30",
    ],
)
async def test_incomplete_question_is_refused(query: str) -> None:
    assert 400 == (await ask(World(), f"/api/people?{query}")).status


async def test_person_is_shown_with_consents(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    yes = consent("p-1", "commercial", channels=["email"])
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_consents(consents_of(yes, event_key(yes)))
    shown = (await ask(world, "/api/people/p-1")).json["consents"]

    assert [
        {
            "purpose": "commercial",
            "granted": True,
            "at": "2026-03-09T17:00:00Z",
            "channels": ["email"],
            "text_version": "2026-02",
            "method": "web",
            "evidence_hash": None,
            "authorises": True,
        }
    ] == shown
