"""A system's key opens only the routes of its scopes, tested over a real socket on every route."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import hdrs

from hub.access.api_keys import issue
from hub.catalog import BY_NAME
from hub.errors import StorageUnavailable
from hub.model import Json, Scope
from hub.storage import Database
from hub.web.documents.serve import file_path
from hub.web.routes import ROUTES
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.web_doubles import Reply, World, ask, browsing, bury, dead_letter, event

CRM = "urn:coproservicios:crm"
every_scope = pytest.mark.parametrize("scope", Scope)


async def holding(world: World, *scopes: Scope, **fields: Any) -> dict[str, str]:
    """Add a key to the world; return the header that sends it."""
    key, token = issue(
        uuid4().hex, scopes=scopes, known_types=BY_NAME, by="test", now=datetime.now(UTC), **fields
    )
    await world.keys.add(key)
    return {hdrs.AUTHORIZATION: f"Bearer {token}"}


def refused(reply: Reply) -> bool:
    return reply.status == 403 and "scope" in reply.text


@pytest.mark.parametrize("path", [file_path("shell.js"), "/nothing", "/health/../api/messages"])
@every_scope
async def test_unlisted_route_needs_the_admin_scope(path: str, scope: Scope) -> None:
    world = World(environ=GUARDED)
    reply = await ask(world, path, headers=await holding(world, scope))
    allowed = {file_path("shell.js"): Scope.READ, "/health/../api/messages": Scope.READ}

    assert refused(reply) == (scope is not allowed.get(path, Scope.ADMIN))


@pytest.mark.parametrize("spoil", ["x", "_", " x"])
async def test_a_token_that_is_nearly_right_opens_nothing(spoil: str) -> None:
    world = World(environ=GUARDED)
    shown = await holding(world, *Scope)
    wrong = {hdrs.AUTHORIZATION: shown[hdrs.AUTHORIZATION] + spoil}

    assert (await ask(world, "/api/messages", headers=wrong)).status == 401


async def test_without_known_keys_and_database_the_caller_is_asked_to_retry() -> None:
    world = World(environ=GUARDED)
    shown = await holding(world, *Scope)
    world.keys.faults.script("live_keys", StorageUnavailable())

    assert (await ask(world, "/api/messages", headers=shown)).status == 503
    assert (await ask(world, "/api/messages", headers=BEARER)).status == 200


async def test_bound_key_publishes_only_its_source_and_types() -> None:
    world = World(environ=GUARDED)
    shown = await holding(world, Scope.PUBLISH, source=CRM, event_types=["pqrs.received"])
    given = [event(), event(source="urn:other"), event("pqrs.responded"), event(source="urn:hub")]

    reply = await ask(
        world,
        "/api/events",
        method="POST",
        headers={**shown, hdrs.CONTENT_TYPE: "application/json"},
        body=json.dumps(given).encode(),
    )

    assert reply.json["accepted"] == 1
    assert [(row["index"], row["field"]) for row in reply.json["refused"]] == [
        (1, "source"),
        (2, "type"),
        (3, "source"),
    ]
    assert [event.id for event in world.publisher.events] == [given[0]["id"]]


async def test_what_a_bound_key_may_not_publish_stays_its_own() -> None:
    world = World(environ=GUARDED)
    shown = await holding(world, Scope.PUBLISH, source=CRM)
    incomplete = event(source="urn:other", data={})

    await ask(
        world,
        "/api/events",
        method="POST",
        headers={**shown, hdrs.CONTENT_TYPE: "application/json"},
        body=json.dumps([event(source="urn:other"), incomplete]).encode(),
    )
    [key] = await world.keys.keys()

    assert [(letter.sender, letter.wrong_sender) for letter in world.log.letters] == [
        (f"http:key:{key.name}", True)
    ] * 2


async def test_bound_key_makes_keys_of_its_own_source_alone() -> None:
    world = World(environ=GUARDED)
    bound = await holding(world, Scope.ADMIN, Scope.PUBLISH, source=CRM, event_types=["pqrs.received"])
    headers = {**bound, hdrs.CONTENT_TYPE: "application/json"}
    asked = [(CRM, "pqrs.received"), (CRM, "pqrs.closed"), ("urn:other", "pqrs.received")]
    bodies = [
        {"name": f"crm-{turn}", "scopes": ["publish"], "source": source, "event_types": [name]}
        for turn, (source, name) in enumerate(asked)
    ]
    replies = [
        await ask(world, "/api/keys", method="POST", headers=headers, body=json.dumps(body).encode())
        for body in bodies
    ]

    assert [201, 403, 403] == [reply.status for reply in replies]


async def published(world: World, headers: Mapping[str, str], one: Mapping[str, Json]) -> int:
    """Post an event; return the status."""
    typed = {**headers, hdrs.CONTENT_TYPE: "application/json"}
    body = json.dumps(one).encode()
    return (await ask(world, "/api/events", method="POST", headers=typed, body=body)).status


async def test_only_an_administrator_writes_over_a_greater_version() -> None:
    world = World(environ=GUARDED)
    headers = {**await holding(world, Scope.OPERATE), hdrs.CONTENT_TYPE: "application/json"}
    body = json.dumps({"version": 1, "names": "Mallory", "contact_points": []}).encode()
    path = "/api/directory/people/p-maria?override=true"

    assert 403 == (await ask(world, path, method="PUT", headers=headers, body=body)).status


@pytest.mark.parametrize(("source", "status"), [(None, 422), (CRM, 202)])
async def test_stranger_with_a_free_key_takes_nobody_over(source: str | None, status: int) -> None:
    """Over `directory.person.upserted` somebody else's mail would go to the writer's address."""
    world = World(environ=GUARDED)
    shown = await holding(world, Scope.PUBLISH, source=source)
    taken_over = event(
        "directory.person.upserted",
        data={
            "person_id": "p-maria",
            "version": 2,
            "names": "María Peña",
            "contact_points": [{"id": "cp-1", "kind": "email", "value": "mallory@example.com"}],
        },
    )

    assert status == await published(world, shown, taken_over)
    assert bool(world.publisher.events) is (status == 202)
    assert 202 == await published(world, BEARER, taken_over)


async def test_a_key_is_made_shown_once_rotated_and_revoked_and_all_of_it_is_noted() -> None:
    world = World(environ=GUARDED)
    admin = {**await holding(world, Scope.ADMIN, Scope.PUBLISH), hdrs.CONTENT_TYPE: "application/json"}
    body = json.dumps({"name": "crm", "scopes": ["publish"], "source": CRM}).encode()

    made = await ask(world, "/api/keys", method="POST", headers=admin, body=body)
    again = await ask(world, "/api/keys", method="POST", headers=admin, body=body)
    rotated = await ask(world, "/api/keys/crm/rotate", method="POST", headers=admin)
    listed = await ask(world, "/api/keys", headers=admin)
    revoked = await ask(world, "/api/keys/crm/revoke", method="POST", headers=admin)
    missing = await ask(world, "/api/keys/crm/revoke", method="POST", headers=admin)
    notes = await ask(world, "/api/audit", headers=admin)

    assert [made.status, again.status, rotated.status, missing.status] == [201, 409, 201, 404]
    tokens = {made.json["token"], rotated.json["token"]}
    assert len(tokens) == 2
    secrets = {token.split("_", 2)[2] for token in tokens}
    assert not any(secret in listed.text + notes.text for secret in secrets)
    assert [row["state"] for row in listed.json["items"] if row["name"] == "crm"] == ["live", "live"]
    assert revoked.json == {"revoked": 2}
    actions = [row["action"] for row in notes.json["items"]]
    assert actions == ["key.revoke", "key.revoke", "key.rotate", "key.create", "key.create"]
    assert all(row["who"].startswith("key:") for row in notes.json["items"])


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": ["read"], "source": CRM},
        {"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"},
    ],
    ids=str,
)
async def test_a_key_that_makes_no_sense_is_refused(body: dict[str, Any]) -> None:
    world = World()
    headers = {hdrs.CONTENT_TYPE: "application/json"}
    reply = await ask(world, "/api/keys", method="POST", headers=headers, body=json.dumps(body).encode())

    assert reply.status == 400
    assert await world.keys.keys() == []


async def test_looks_and_changes_are_audited_without_personal_data(opened: Database) -> None:
    world = World(environ=GUARDED, database=opened)
    await bury(opened, letter := dead_letter())
    headers = {**BEARER, hdrs.CONTENT_TYPE: "application/json"}

    async with browsing(world) as client:
        for method, path, body in (
            ("PUT", "/api/pauses/sms", "{}"),
            ("DELETE", "/api/pauses/sms", None),
            ("POST", "/api/suppressions/lift", '{"address": "maria@example.com"}'),
            ("POST", "/api/messages/redrive", '{"state": "failed", "dry_run": true}'),
            ("GET", f"/api/dead/{letter.id}", None),
            (
                "PUT",
                "/api/directory/people/p-1",
                '{"version": 1, "names": "María", "contact_points": []}',
            ),
            ("GET", "/api/people/p-1", None),
        ):
            async with client.request(method, path, headers=headers, data=body) as answer:
                assert answer.status == 200
    rows = [(note.who, note.action, note.subject) for note in world.audit.rows]

    assert rows == [
        ("HUB_API_KEY", "pause", "channel:sms"),
        ("HUB_API_KEY", "resume", "channel:sms"),
        ("HUB_API_KEY", "suppression.lift", "suppression"),
        ("HUB_API_KEY", "dead.show", f"dead:{letter.id}"),
        ("HUB_API_KEY", "directory.upserted", "people:p-1"),
        ("HUB_API_KEY", "person.show", "person:p-1"),
    ]
    assert "mar" not in str(world.audit.rows).lower()


@pytest.mark.parametrize(
    ("scopes", "status"),
    [([Scope.OPERATE], 200), ([Scope.PRIVACY], 200), ([Scope.READ], 403), ([Scope.ADMIN], 403)],
)
async def test_who_may_replay_a_dead_letter_may_look_first(
    opened: Database, scopes: list[Scope], status: int
) -> None:
    world = World(environ=GUARDED, database=opened)
    letter = dead_letter(b'{"phone": "3001234567"}', sender="crm", headers={"ce-subject": "Ana"})
    await bury(opened, letter)
    reply = await ask(world, f"/api/dead/{letter.id}", headers=await holding(world, *scopes))

    assert reply.status == status
    if status == 200:
        masked = Scope.PRIVACY not in scopes
        assert (reply.json["sender"], reply.json["masked"]) == ("crm", masked)
        assert ("3001234567" in reply.text, "Ana" in reply.text) == (not masked, not masked)


def test_each_route_that_replays_is_for_who_may_show() -> None:
    needs = {(route.method, route.path): route.needs for route in ROUTES}
    shows = needs["GET", "/api/dead/{id}"]

    assert shows is not None
    for (_, path), scopes in needs.items():
        if path.startswith("/api/dead") and path.endswith("/replay"):
            assert scopes is not None
            assert scopes <= shows
