"""Health, metrics, the documents, and the frame of all pages."""

import json
import re
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from aiohttp import hdrs
from openapi_spec_validator import OpenAPIV31SpecValidator

import hub
from hub.catalog import CATALOG
from hub.consumers.topology import DOMAIN_EVENTS, EVENTS_OUT
from hub.errors import StorageUnavailable
from hub.model import StepKind
from hub.model.results import ResultKind
from hub.storage import Database
from hub.web.documents.notices import NOTICES
from hub.web.documents.serve import file_path
from hub.web.routes import ROUTES
from tests.integration.web_doubles import MemoryLog, Reply, World, ask, dead_letter, message_row

HUB: Final = Path(hub.__file__).parent
STATIC: Final = HUB / "web/static"
RESULTS: Final = {f"results.{kind}" for kind in ResultKind}
PACKED: Final = {hdrs.ACCEPT_ENCODING: "gzip, deflate, br"}
ASYNCAPI: Final = Path(__file__).parents[1] / "vectors" / "asyncapi_3_1_0.json"
"""The AsyncAPI Initiative's schema, from its npm package: see `tests/vectors/README.md`."""


async def test_live_process_answers_ok() -> None:
    reply = await ask(World(servers={"rabbitmq": False}), "/health/live")

    assert (reply.status, reply.json) == (200, {"status": "ok"})


@pytest.mark.parametrize(("well", "status"), [(True, 200), (False, 503)])
async def test_readiness_names_the_server_that_does_not_answer(well: bool, status: int) -> None:
    reply = await ask(World(servers={"rabbitmq": True, "redis": well}), "/health/ready")

    assert reply.status == status
    assert reply.json["servers"] == {"rabbitmq": "ok", "redis": "ok" if well else "not ok"}


async def test_metrics_count_what_has_not_ended_by_state() -> None:
    world = World()
    world.log.rows.extend(
        [message_row(state=state) for state in ("queued", "queued", "held", "sent", "failed")]
    )
    world.log.letters.append(dead_letter())

    reply = await ask(world, "/metrics")

    assert 'hub_messages{state="queued"} 2.0' in reply.text
    assert 'hub_messages{state="held"} 1.0' in reply.text
    assert 'hub_messages{state="sent"}' not in reply.text
    assert 'hub_messages{state="failed"}' not in reply.text
    assert 'hub_dead_letters{state="open"} 1.0' in reply.text


async def test_metrics_work_without_the_database() -> None:
    assert (await ask(World(log=MemoryLog(failure=StorageUnavailable())), "/metrics")).status == 200


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return {reference for item in node for reference in references(item)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own | {reference for value in node.values() for reference in references(value)}


def look_up(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step.replace("~1", "/")]
    return document


@pytest.mark.parametrize("path", ["/openapi.json", "/asyncapi.json"])
async def test_every_reference_of_a_document_leads_somewhere(path: str) -> None:
    document = (await ask(World(), path)).json

    assert references(document)
    for reference in references(document):
        assert look_up(document, reference) is not None


@pytest.mark.parametrize("path", ["/openapi.json", "/asyncapi.json"])
async def test_every_schema_of_a_document_is_a_json_schema(path: str) -> None:
    document = (await ask(World(), path)).json

    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


async def test_openapi_passes_the_official_validator() -> None:
    document = (await ask(World(), "/openapi.json")).json

    assert [] == [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()]


async def test_asyncapi_passes_the_official_schema() -> None:
    document = (await ask(World(), "/asyncapi.json")).json
    schema = jsonschema_rs.validator_for(json.loads(ASYNCAPI.read_text("utf-8")))

    assert [] == [f"{error.instance_path}: {error.message}" for error in schema.iter_errors(document)]
    assert not schema.is_valid(document | {"operations": {"x": {"action": "publish"}}})


async def test_openapi_has_every_route_of_the_api_and_no_page() -> None:
    document = (await ask(World(), "/openapi.json")).json

    described = {
        (method.upper(), path) for path, operations in document["paths"].items() for method in operations
    }
    assert described == {(route.method, route.path) for route in ROUTES if route.answers}
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/health/live"]["get"]["security"] == []


async def test_openapi_has_the_first_sentence_of_each_handler_as_summary() -> None:
    document = (await ask(World(), "/openapi.json")).json
    summaries = {
        f"{method} {path}": operation["summary"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    assert "Disable an account; its sessions end" == summaries["post /api/accounts/{name}/disable"]
    assert [] == [name for name, summary in summaries.items() if not summary or summary.endswith(".")]


async def test_openapi_has_the_errors_that_follow_from_a_route() -> None:
    document = (await ask(World(), "/openapi.json")).json
    message = document["paths"]["/api/messages/{id}"]["get"]["responses"]
    channels = document["paths"]["/api/channels"]["get"]["responses"]

    everywhere = {"200", "400", "401", "403", "429", "500", "503"}
    assert {*everywhere, "404"} == message.keys()
    assert everywhere == channels.keys()


async def test_openapi_has_the_ways_of_events_and_their_refusals() -> None:
    document = (await ask(World(), "/openapi.json")).json
    operation = document["paths"]["/api/events"]["post"]
    content = {status: list(answer["content"]) for status, answer in operation["responses"].items()}
    refused = operation["responses"]["422"]["content"]["application/problem+json"]["schema"]

    assert list(operation["requestBody"]["content"]) == [
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
    ]
    assert (content["202"], content["400"]) == (["application/json"], ["application/problem+json"])
    assert {"type", "title", "status", "detail", "accepted", "refused"} <= set(
        look_up(document, refused["$ref"])["required"]
    )


async def test_openapi_bounds_the_limit_and_lists_the_states() -> None:
    document = (await ask(World(), "/openapi.json")).json

    parameters = {
        parameter["name"]: parameter["schema"]
        for parameter in document["paths"]["/api/messages"]["get"]["parameters"]
    }
    assert (parameters["limit"]["minimum"], parameters["limit"]["maximum"]) == (1, 500)
    assert "failed" in look_up(document, parameters["state"]["$ref"])["enum"]


async def test_openapi_lists_every_kind_of_step() -> None:
    document = (await ask(World(), "/openapi.json")).json
    kind = document["components"]["schemas"]["ClockStep"]["properties"]["kind"]

    assert sorted(StepKind) == sorted(look_up(document, kind["$ref"])["enum"])


async def test_asyncapi_has_every_event_received_unless_the_hub_emits_it() -> None:
    document = (await ask(World(), "/asyncapi.json")).json

    assert document["asyncapi"] == "3.1.0"
    assert set(document["channels"]) == {kind.name for kind in CATALOG} | set(NOTICES) | RESULTS
    assert {name: each["action"] for name, each in document["operations"].items()} == {
        **{
            f"{action}.{kind.name}": action
            for kind in CATALOG
            for action in ["send" if kind.hub_emitted else "receive"]
        },
        **{f"send.{name}": "send" for name in {*NOTICES, *RESULTS}},
    }


async def test_asyncapi_says_on_which_exchange_an_event_travels() -> None:
    channels = (await ask(World(), "/asyncapi.json")).json["channels"]
    exchanges = {name: each["bindings"]["amqp"]["exchange"]["name"] for name, each in channels.items()}

    assert {name for name, exchange in exchanges.items() if exchange == EVENTS_OUT} == set(NOTICES) | RESULTS
    assert "notification.failed.{source}" == channels["results.failed"]["address"]
    assert exchanges["pqrs.received"] == DOMAIN_EVENTS


async def test_the_page_loads_nothing_from_elsewhere_and_holds_no_script_of_its_own(opened: Database) -> None:
    page = (await ask(World(database=opened), "/channels")).text

    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) > 5
    assert all(source.startswith(("/", "#")) for source in sources)
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []
    assert re.findall(r"\sstyle=|\son\w+=", page) == []


async def test_every_file_is_served_and_none_is_left_over(opened: Database) -> None:
    pages = [(await ask(World(database=opened), path)).text for path in ("/channels", "/dead")]
    named = set(re.findall(r'"(/static/[^"#]+)', "".join(pages)))
    for page in (*HUB.glob("web/templates/**/*.html"), *HUB.glob("desk/*/*.html")):
        named |= {
            file_path(name) for name in re.findall(r'file_path\("(\w+\.js)"\)', page.read_text("utf-8"))
        }
    for module in STATIC.glob("*.js"):
        named |= {
            file_path(name) for name in re.findall(r'(?:from|import) "\./([^"]+)"', module.read_text("utf-8"))
        }

    assert named == {file_path(path.name) for path in STATIC.iterdir()}
    assert {(await ask(World(), file)).status for file in named} == {200}


async def test_browser_keeps_a_file_for_good_under_the_address_of_its_digest() -> None:
    kept = await ask(World(), file_path("shell.css"))
    of_another = await ask(World(), "/static/000000000000/shell.css")

    assert "immutable" in kept.headers[hdrs.CACHE_CONTROL]
    assert "no-store" == of_another.headers[hdrs.CACHE_CONTROL]
    assert kept.text == of_another.text
    assert 404 == (await ask(World(), "/static/000000000000/nothing.css")).status


async def test_view_is_light_at_first_and_lighter_again(opened: Database) -> None:
    world = World(database=opened)
    world.log.rows.extend(message_row(state="delivered") for _ in range(50))
    page = await ask(world, "/messages", headers=PACKED)
    files = [await ask(world, file_path(path.name), headers=PACKED) for path in STATIC.iterdir()]
    again, first = length(page), length(page) + sum(map(length, files))

    assert {"gzip"} == {one.headers[hdrs.CONTENT_ENCODING] for one in (page, *files)}
    assert (again < 15_000, first < 40_000) == (True, True), (again, first)


@pytest.mark.parametrize("refused", ["gzip;q=0", "br, gzip; q=0.000", "gzip ;q=0, identity"])
async def test_browser_that_refuses_gzip_gets_the_file_as_it_is(refused: str) -> None:
    file = await ask(World(), file_path("shell.css"), headers={hdrs.ACCEPT_ENCODING: refused})

    assert hdrs.CONTENT_ENCODING not in file.headers


def length(reply: Reply) -> int:
    """Return how many bytes the body had on its way."""
    return int(reply.headers[hdrs.CONTENT_LENGTH])


async def test_pages_say_in_which_mode_the_hub_is(opened: Database) -> None:
    live = World(environ={"HUB_MODE": "live"}, database=opened)

    assert "nadie real recibe mensajes" in (await ask(World(database=opened), "/channels")).text
    assert "En vivo" in (await ask(live, "/channels")).text
