"""Preferences and marks over HTTP."""

import json
from typing import Any

from hub.storage import Database
from tests.integration.test_web_directory import JSON, PERSON, write
from tests.integration.web_doubles import Reply, World, ask

PATH = "/api/people/p-1/preferences"
MARKS = "/api/people/p-1/do-not-contact"


async def put(world: World, body: Any) -> Reply:
    return await ask(world, PATH, method="PUT", headers=JSON, body=json.dumps(body).encode())


async def post(world: World, body: Any) -> Reply:
    return await ask(world, MARKS, method="POST", headers=JSON, body=json.dumps(body).encode())


async def test_preferences_are_changed_in_part_and_each_change_is_shown(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    quiet = {"since": "21:00", "until": "07:00"}
    await put(world, {"channels": {"service": ["email"], "survey": []}, "quiet_hours": quiet})
    changed = await put(world, {"channels": {"service": None}, "language": "en"})
    shown = await ask(world, PATH)
    person = await ask(world, "/api/people/p-1")

    assert {"channels": {"survey": []}, "quiet_hours": quiet, "language": "en"} == shown.json["preferences"]
    assert changed.json == shown.json
    assert [2, 1] == [change["version"] for change in shown.json["history"]]
    assert shown.json["preferences"] == person.json["preferences"]


async def test_digest_is_set_kept_and_ended(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    asked: tuple[dict[str, Any], ...] = ({"digest": "weekly"}, {"language": "en"}, {"digest": None})
    answers = [(await put(world, body)).json["preferences"].get("digest") for body in asked]
    refused = await put(world, {"digest": "hourly"})
    shown = await ask(world, PATH)

    assert ["weekly", "weekly", None] == answers
    assert 400 == refused.status
    assert [None, "weekly", "weekly"] == [row["wishes"].get("digest") for row in shown.json["history"]]


async def test_what_the_law_demands_is_refused_in_spanish_and_nothing_is_kept(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    answers = [await put(world, {"channels": {name: []}}) for name in ("legal", "emergency", "transactional")]
    shown = await ask(world, PATH)

    assert [400, 400, 400] == [answer.status for answer in answers]
    assert "La ley obliga" in answers[0].json["error"]
    assert "La ley obliga" in shown.json["always"]["legal"]
    assert [] == shown.json["history"]


async def test_mark_is_set_shown_and_ended(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    same = [await post(world, {"reason": "deceased", "note": "certificado"}) for _ in range(2)]
    listed, person = await ask(world, MARKS), await ask(world, "/api/people/p-1")
    ended = [await ask(world, MARKS, method="DELETE") for _ in range(2)]
    after = await ask(world, "/api/people/p-1")

    assert same[0].json == same[1].json
    assert ["deceased"] == [row["reason"] for row in listed.json["items"]]
    assert "deceased" == person.json["do_not_contact"]["reason"]
    assert [1, 0] == [answer.json["ended"] for answer in ended]
    assert after.json["do_not_contact"] is None
    assert {"person.mark", "person.mark.end"} < {note.action for note in world.audit.rows}


async def test_mark_that_is_over_already_and_an_unknown_person_are_refused(opened: Database) -> None:
    world = World(database=opened)
    await write(world, "people/p-1", PERSON)
    over = await post(world, {"reason": "deceased", "until": "2020-01-01T00:00:00Z"})

    assert 400 == over.status
    assert 404 == (await ask(world, "/api/people/p-9/preferences")).status
