"""Contract of every answer of the API: problems, pages with a link, rate limits."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from aiohttp import hdrs
from openapi_spec_validator import validate

from hub.access.api_keys import issue
from hub.catalog import BY_NAME
from hub.errors import StorageUnavailable
from hub.model import ApiKey, Scope
from hub.resilience.rate_limit import Rate
from hub.web.application import build
from hub.web.documents.openapi import BODIES, describe
from hub.web.routes import ROUTES
from tests.doubled import with_doubles
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.test_web_keys import holding
from tests.integration.web_doubles import MemoryLog, Reply, World, ask, browsing, message_row

PROBLEM: Final = "application/problem+json"
JSON: Final = {hdrs.CONTENT_TYPE: "application/json"}
MEMBERS: Final = {"type", "title", "status", "detail", "instance", "error", "hint"}

FAILURES: Final[tuple[tuple[str, str, bytes | None, dict[Any, str], int], ...]] = (
    ("GET", "/api/nothing", None, {}, 404),
    ("GET", "/nothing", None, {}, 404),
    ("PATCH", "/api/messages", None, {}, 405),
    ("GET", "/api/dead/replay", None, {}, 405),
    ("POST", "/api/events", b"{" + b" " * (17 * 2**20), JSON, 413),
    ("POST", "/api/dead/replay", b"a=1", {hdrs.CONTENT_TYPE: "text/plain"}, 415),
    ("POST", "/api/dead/replay", b"{", JSON, 400),
    ("GET", "/api/messages?limit=0", None, {}, 400),
    ("GET", "/api/messages?colour=red", None, {}, 400),
    ("GET", "/api/messages?state=null", None, {}, 400),
    ("GET", "/api/messages?since=0.5", None, {}, 400),
    ("GET", "/api/keys?colour=red", None, {}, 400),
    ("GET", "/api/keys?after=%21", None, {}, 400),
    ("GET", "/api/messages/none", None, {}, 404),
    ("DELETE", "/api/pauses/nothing", None, {}, 404),
)


def problem(reply: Reply, status: int) -> dict[str, Any]:
    """Return the problem of an answer, which must be one."""
    assert (status, PROBLEM) == (reply.status, reply.headers[hdrs.CONTENT_TYPE])
    found: dict[str, Any] = reply.json
    assert MEMBERS <= found.keys()
    assert (status, "about:blank", found["detail"]) == (found["status"], found["type"], found["error"])
    assert found["instance"].startswith("urn:uuid:")
    return found


@pytest.mark.parametrize(("method", "path", "body", "headers", "status"), FAILURES)
async def test_every_failure_is_a_problem(
    method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    problem(await ask(World(), path, method=method, body=body, headers=headers), status)


async def test_refused_callers_get_a_problem_too() -> None:
    world = World(environ=GUARDED)
    reading = await holding(world, Scope.READ)

    problem(await ask(world, "/api/messages"), 401)
    problem(await ask(world, "/api/keys", headers=reading), 403)


@pytest.mark.parametrize(("failure", "status"), [(StorageUnavailable(), 503), (ValueError("x"), 500)])
async def test_fault_and_a_missing_server_are_problems(failure: Exception, status: int) -> None:
    problem(await ask(World(log=MemoryLog(failure=failure)), "/api/messages"), status)


async def test_log_of_a_fault_has_its_instance(capsys: pytest.CaptureFixture[str]) -> None:
    logging.disable(logging.NOTSET)
    reply = await ask(World(log=MemoryLog(failure=ValueError("x"))), "/api/messages")

    assert reply.json["instance"] in capsys.readouterr().out


async def test_browser_gets_a_problem_of_the_api_and_a_page_of_the_console() -> None:
    html = {hdrs.ACCEPT: "text/html"}

    problem(await ask(World(), "/api/nothing", headers=html), 404)
    assert "text/html" in (await ask(World(environ=GUARDED), "/", headers=html)).headers[hdrs.CONTENT_TYPE]


@pytest.mark.parametrize(
    ("path", "body", "part"),
    [
        ("/api/messages?limit=0", None, {"parameter": "limit"}),
        ("/api/messages?colour=red", None, {"parameter": "colour"}),
        ("/api/messages?state=null", None, {"parameter": "state"}),
        ("/api/dead/replay", {"limit": 0}, {"pointer": "/limit"}),
        ("/api/accounts", {"name": "a", "display_name": "A", "grants": [{}]}, {"pointer": "/grants/0"}),
    ],
)
async def test_what_is_not_valid_is_pointed_at(path: str, body: Any, part: dict[str, str]) -> None:
    given = None if body is None else json.dumps(body).encode()
    method = "GET" if body is None else "POST"
    found = problem(await ask(World(), path, method=method, body=given, headers=JSON), 400)

    assert [{"detail": found["detail"], **part}] == found["errors"]


async def test_each_wrong_event_of_an_array_is_pointed_at() -> None:
    body = json.dumps([{"id": "1"}, {}]).encode()
    found = problem(await ask(World(), "/api/events", method="POST", body=body, headers=JSON), 422)

    assert ["/0/specversion", "/1/specversion"] == [part["pointer"] for part in found["errors"]]


async def test_next_page_is_also_a_link_that_keeps_the_filters() -> None:
    world = World(log=MemoryLog(rows=[message_row() for _ in range(3)]))
    first = await ask(world, "/api/messages?limit=2&state=sent")
    link = first.headers[hdrs.LINK]
    last = await ask(world, link.removeprefix("<").partition(">")[0])

    assert f'</api/messages?limit=2&state=sent&after={first.json["next"]}>; rel="next"' == link
    assert (1, None, False) == (len(last.json["items"]), last.json["next"], hdrs.LINK in last.headers)


async def test_list_that_is_read_whole_has_pages_by_key() -> None:
    world = World()
    made = [await key_of(world, name) for name in ("a", "b", "c", "d", "e")]
    names: list[str] = []
    path = "/api/keys?limit=2"
    async with browsing(world) as client:
        while path:
            async with client.get(path) as answer:
                names += [row["name"] for row in (await answer.json())["items"]]
                path = answer.headers.get(hdrs.LINK, "").removeprefix("<").partition(">")[0]
            # A row that is made meanwhile moves no other one.
            if len(names) == 2:
                await key_of(world, "f")

    assert [key.name for key in sorted(made, key=lambda key: key.created_at, reverse=True)] == names


async def key_of(world: World, name: str) -> ApiKey:
    key, _ = issue(name, scopes=[Scope.READ], known_types=BY_NAME, by="test", now=datetime.now(UTC))
    assert await world.keys.add(key)
    return key


def test_every_list_has_a_cursor_or_is_bounded_by_what_it_is_of() -> None:
    """A list that is bounded by itself has one page: calls of a message, calls to make, the newest sheets."""
    document = describe(ROUTES, version="1")
    schemas = document["components"]["schemas"]
    whole = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation["responses"].get("200", {}).get("content", {})
            name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
            parameters = {one["name"] for one in operation["parameters"]}
            if "items" in schemas.get(name, {}).get("properties", {}) and "after" not in parameters:
                whole.add(f"{method} {path}")

    assert {
        "get /api/duplicates",
        "get /api/imports",
        "get /api/messages/{id}/evidence",
        "get /api/genuine/{code}",
        "get /api/letters/batches/{id}",
        "get /api/registrations/alike",
        "get /api/surveys/calls",
    } == whole


async def test_answers_say_how_many_requests_are_left_and_then_refuse() -> None:
    world = World()
    deps = world.services()
    api = msgspec.structs.replace(deps.policy.api, requests=Rate(2, timedelta(minutes=1)))
    limited = with_doubles(deps, policy=msgspec.structs.replace(deps.policy, api=api))
    world.build = lambda: build(limited)  # type: ignore[method-assign]
    async with browsing(world) as client:
        answers = []
        for path in ("/api/messages", "/api/nothing", "/api/messages", "/api/messages"):
            async with client.get(path) as answer:
                answers.append(Reply(answer.status, answer.headers, await answer.text()))

    assert [200, 404, 429, 429] == [answer.status for answer in answers]
    assert ['"api";r=1;t=60', '"api";r=0;t=60'] == [answer.headers["RateLimit"] for answer in answers[:2]]
    assert '"api";q=2;w=60' == answers[0].headers["RateLimit-Policy"]
    refused = answers[2]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= refused.headers.keys()
    problem(refused, 429)


async def test_events_have_a_quota_of_their_own_and_pages_none() -> None:
    body = json.dumps([{}]).encode()
    events = await ask(World(), "/api/events", method="POST", body=body, headers=JSON)
    page = await ask(World(environ=GUARDED), "/openapi.json", headers=BEARER)

    assert events.headers["RateLimit"].startswith('"events";')
    assert "RateLimit" not in page.headers


def test_document_is_valid_openapi_with_an_operation_id_each() -> None:
    document = json.loads(msgspec.json.encode(describe(ROUTES, version="1")))
    validate(document)
    operations = [one for path in document["paths"].values() for one in path.values()]

    assert len(operations) == len({one["operationId"] for one in operations})
    assert [] == [
        one["operationId"]
        for path, some in document["paths"].items()
        for one in some.values()
        if path.startswith("/api/")
        and not {"400", "401", "403", "429", "500", "503"} <= one["responses"].keys()
    ]


@pytest.mark.parametrize("shape", BODIES, ids=lambda shape: shape.__name__)
def test_example_of_a_body_is_one(shape: type[msgspec.Struct]) -> None:
    assert isinstance(msgspec.json.decode(json.dumps(BODIES[shape]), type=shape), shape)
