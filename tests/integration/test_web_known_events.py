"""`POST /api/events` for what is stored: an id that is known, a case that is another source's."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from aiohttp import hdrs

from hub.cloudevents import CONTENT_TYPE, decode
from hub.errors import StorageUnavailable
from hub.model import Scope
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_keys import CRM, holding
from tests.integration.web_doubles import Reply, World, ask, event
from tests.unit.factories import stored

FORMS: Final = "urn:coproservicios:forms"
FIRST: Final = event(id="evt-1")


@pytest.fixture
async def world() -> World:
    """A hub that has taken in one petition of the CRM."""
    world = World(environ=GUARDED)
    taken = decode(json.dumps(FIRST).encode(), CONTENT_TYPE, {})
    async with world.intake.transaction() as transaction:
        await transaction.add_events([stored(taken, opens=True)])
    return world


async def post(world: World, headers: Mapping[str, str], body: Any, query: str = "") -> Reply:
    given = {**headers, hdrs.CONTENT_TYPE: "application/json"}
    raw = json.dumps(body).encode()
    return await ask(world, f"/api/events{query}", method="POST", headers=given, body=raw)


def changed() -> dict[str, Any]:
    return {**FIRST, "data": {**FIRST["data"], "radicado": "PQ-2026-999999"}}


async def test_other_content_under_a_known_id_is_a_conflict(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)
    reply = await post(world, shown, changed())
    [refused] = reply.json["refused"]

    assert (409, 0, "id") == (reply.status, reply.json["accepted"], refused["field"])
    assert "the first one stays" in refused["reason"]
    assert [] == world.publisher.events
    assert ["event.rejected"] == [notice.name for notice in world.publisher.notices]
    assert [False] == [letter.wrong_sender for letter in world.log.letters]


async def test_same_content_again_is_accepted_quietly(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)
    reply = await post(world, shown, FIRST)

    assert (202, 1, []) == (reply.status, reply.json["accepted"], reply.json["refused"])
    assert [] == world.publisher.notices


async def test_of_many_only_the_changed_ones_are_refused(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)
    other = event(id="evt-2")
    again = {**other, "data": {**other["data"], "radicado": "PQ-2026-000077"}}
    reply = await post(world, shown, [changed(), other, again])

    assert (202, 1) == (reply.status, reply.json["accepted"])
    assert [(0, "id"), (2, "id")] == [(row["index"], row["field"]) for row in reply.json["refused"]]


async def test_repeat_in_one_request_is_another_event_whatever_its_time(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)
    other = event(id="evt-2")
    again = {**changed(), "id": "evt-2"}
    reply = await post(world, shown, [other, {**again, "time": "2026-03-09T13:06:00Z"}])
    later = await post(world, shown, [other, {**again, "time": "2026-01-09T13:06:00Z"}])

    assert [(1, "id")] == [(row["index"], row["field"]) for row in reply.json["refused"]]
    assert (2, []) == (later.json["accepted"], later.json["refused"])


async def test_conflict_beside_another_fault_is_a_fault(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)

    assert 422 == (await post(world, shown, [changed(), event(source="urn:other")])).status


async def test_dry_run_says_the_conflict(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)

    assert 409 == (await post(world, shown, changed(), "?dry_run=1")).status
    assert [] == world.log.letters


async def test_case_of_another_source_is_refused_unless_the_key_names_it(world: World) -> None:
    answer = event("pqrs.replied", source=FORMS)
    answer["data"]["pqrs_id"] = FIRST["data"]["pqrs_id"]
    bare = await holding(world, Scope.PUBLISH, source=FORMS)
    named = await holding(world, Scope.PUBLISH, source=FORMS, cases_of=["URN:coproservicios:crm"])
    refused, taken = [await post(world, shown, answer) for shown in (bare, named)]

    assert (422, "data.pqrs_id") == (refused.status, refused.json["refused"][0]["field"])
    assert [True] == [letter.wrong_sender for letter in world.log.letters]
    assert (202, 1) == (taken.status, taken.json["accepted"])


async def test_without_database_events_go_on_and_intake_looks_again(world: World) -> None:
    shown = await holding(world, Scope.PUBLISH, source=CRM)
    world.intake.faults.script("commit", StorageUnavailable())

    assert 202 == (await post(world, shown, changed())).status
