"""Subscriptions to the results of messages, as commands and over HTTP."""

import json

from aiohttp import hdrs

from hub.model import Json, Scope
from hub.storage import Database
from tests.command_line import hub, printed
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_keys import holding
from tests.integration.web_doubles import Reply, World, ask

SITE = "https://crm.example.co/ph"
KEY = "https://crm%2Eexample%2Eco/ph"


async def test_a_subscription_is_made_changed_ended_and_all_of_it_is_noted(environ: dict[str, str]) -> None:
    _, made, _ = await hub(environ, "results", "on", SITE)
    _, changed, _ = await hub(environ, "results", "on", SITE, "--kind", "failed", "--kind", "undelivered")
    screen, _ = await printed(environ, "results", "list")
    _, listed, _ = await hub(environ, "results", "list")
    ended, _, _ = await hub(environ, "results", "off", SITE)
    missing, _, complaint = await hub(environ, "results", "off", SITE)
    _, notes, _ = await hub(environ, "audit")

    assert ([], ["failed", "undelivered"]) == (made["kinds"], changed["kinds"])
    assert [changed] == listed["items"]
    assert KEY == made["key"]
    assert KEY in screen
    assert (0, 1) == (ended, missing)
    assert "nobody has subscribed" in complaint
    assert ["results.off", "results.off", "results.on", "results.on"] == [
        row["action"] for row in notes["items"]
    ]


async def test_the_hubs_own_events_have_no_results(environ: dict[str, str]) -> None:
    code, _, complaint = await hub(environ, "results", "on", "URN:hub:import")

    assert 1 == code
    assert "another system" in complaint


async def change(world: World, method: str, headers: dict[str, str], body: Json) -> Reply:
    given = {**headers, hdrs.CONTENT_TYPE: "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    return await ask(world, "/api/results", method=method, headers=given, body=sent)


async def test_administrators_subscribe_over_http_and_nobody_else(opened: Database) -> None:
    world = World(environ=GUARDED, database=opened)
    key, other = await holding(world, Scope.ADMIN), await holding(world, Scope.OPERATE)
    given = {"source": SITE, "kinds": ["failed"]}
    made = await change(world, "POST", key, given)
    refused = [
        await change(world, method, other, body)
        for method, body in (("GET", None), ("POST", given), ("DELETE", {"source": SITE}))
    ]
    listed = await ask(world, "/api/results", headers=key)
    gone = [await change(world, "DELETE", key, {"source": SITE}) for _ in range(2)]
    own = await change(world, "POST", key, {"source": "urn:hub"})

    assert (200, KEY, ["failed"]) == (made.status, made.json["key"], made.json["kinds"])
    assert [made.json] == listed.json["items"]
    assert [403] * 3 == [reply.status for reply in refused]
    assert [200, 404] == [reply.status for reply in gone]
    assert 400 == own.status
