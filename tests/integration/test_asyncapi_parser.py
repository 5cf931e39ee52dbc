"""The document of the events, read by the parser of the AsyncAPI Initiative."""

import json
from typing import Any, Final

import pytest

from hub.catalog import CATALOG
from hub.model import Json
from tests.integration.node import NPM, need, run_node
from tests.integration.web_doubles import World, ask

PARSE: Final = NPM / "parse_asyncapi.cjs"
HINT: Final = 3
"""Severities: 0 is an error, 1 a warning, 2 information, 3 a hint."""


@pytest.fixture
async def document() -> dict[str, Json]:
    need("@asyncapi/parser")
    world = World()
    world.environ["HUB_AMQP_URL"] = "amqp://hub:word@broker/hub"
    return dict((await ask(world, "/asyncapi.json")).json)


def parsed(document: Json) -> Any:
    return json.loads(run_node(PARSE, json.dumps(document)))


async def test_official_parser_has_nothing_to_say_against_the_events(document: dict[str, Json]) -> None:
    found = parsed(document)
    exchanges = [each["bindings"]["amqp"]["exchange"] for each in document["channels"].values()]

    assert [] == [fault for fault in found["diagnostics"] if fault["severity"] < HINT]
    assert {"hub"} == {exchange["vhost"] for exchange in exchanges}
    assert "3.1.0" == found["version"]
    assert found["channels"] == found["operations"] == len(document["channels"]) >= len(CATALOG)


async def test_official_parser_would_say_what_is_wrong(document: dict[str, Json]) -> None:
    lost = {"action": "send", "channel": {"$ref": "#/channels/nothing"}}
    empty = {name: document[name] for name in ("asyncapi", "info")}
    found = parsed({**empty, "operations": {"x": lost, "y": {"action": "publish"}}})

    assert {0} <= {fault["severity"] for fault in found["diagnostics"]}
