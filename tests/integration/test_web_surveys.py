"""The survey of the half-year over HTTP."""

from __future__ import annotations

import json
from typing import Any, Final

from hub.model.surveys import LeftOut, Respondent
from tests.integration.web_doubles import Reply, World, ask

JSON: Final = {"Content-Type": "application/json"}


async def start(world: World, **body: Any) -> Reply:
    return await ask(world, "/api/surveys", method="POST", headers=JSON, body=json.dumps(body).encode())


def clients() -> World:
    world = World()
    world.surveys.clients += [
        Respondent(person="p-1", copropiedad_id="ph-1"),
        Respondent(person="p-2", copropiedad_id="ph-1", left_out=LeftOut.ASKED_LATELY),
        Respondent(person="p-3", copropiedad_id="ph-2"),
    ]
    return world


async def test_a_dry_run_only_counts_and_a_page_is_continued() -> None:
    world = clients()
    counted = (await start(world, dry_run=True)).json
    first = (await start(world, limit=2)).json
    rest = (await start(world, limit=2, after=first["next"])).json

    assert (2, {"asked_lately": 1}, True, False) == tuple(
        counted[name] for name in ("asked", "left_out", "dry_run", "more")
    )
    assert [(1, True), (1, False)] == [(page["asked"], page["more"]) for page in (first, rest)]
    assert ["p-1", "p-3"] == [one.data["respondent"]["ref"] for one in world.publisher.events]
    assert ["surveys.start"] * 2 == [note.action for note in world.audit.rows]


async def test_one_copropiedad_is_asked_alone() -> None:
    world = clients()
    answer = await start(world, copropiedad_id="ph-2")

    assert 1 == answer.json["asked"]
    assert [("p-3", "ph-2")] == [
        (one.data["respondent"]["ref"], one.data["copropiedad_id"]) for one in world.publisher.events
    ]


async def test_a_body_that_asks_for_something_else_starts_nothing() -> None:
    world = clients()

    assert 400 == (await start(world, kind="post_servicio")).status
    assert [] == world.publisher.events
