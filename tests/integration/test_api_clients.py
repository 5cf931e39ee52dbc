"""Clients of the API in Python and TypeScript, which the common programs make of its OpenAPI document."""

import ast
import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.node import NPM, need, run_node
from tests.integration.own_environment import program_of
from tests.integration.web_doubles import World, ask
from tests.programs import run_program

PUBLIC_URL: Final = "https://hub.example"
GENERATOR: Final = "openapi-python-client"
CONFIGURATION: Final = """
post_hooks: []
content_type_overrides:
  application/pdf: application/octet-stream
  application/zip: application/octet-stream
"""
"""Nothing is beautified; what is no JSON is octets to a client."""
IMPORT_ALL: Final = """
import importlib, pkgutil, api
for module in pkgutil.walk_packages(api.__path__, "api."):
    importlib.import_module(module.name)
from api.api.messages import list_messages
print(list_messages._get_kwargs(limit=7))
"""

pytestmark = pytest.mark.slow


@pytest.fixture
async def document() -> dict[str, Any]:
    world = World()
    world.environ["HUB_PUBLIC_URL"] = PUBLIC_URL
    return dict((await ask(world, "/openapi.json")).json)


async def test_openapi_python_client_makes_a_client_that_can_be_imported_whole(
    document: dict[str, Any], tmp_path: Path
) -> None:
    program, python = program_of(GENERATOR), program_of(GENERATOR, "python")
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    (tmp_path / "config.yml").write_text(CONFIGURATION)
    options = ("--path", "openapi.json", "--config", "config.yml", "--output-path", "api", "--meta", "none")
    asked = {"method": "get", "url": "/api/messages", "params": {"limit": 7}}
    run = partial(run_program, folder=tmp_path)
    said = await asyncio.to_thread(run, program, "generate", "--fail-on-warning", *options)

    assert "Generating api" == said.strip()
    assert asked == ast.literal_eval(await asyncio.to_thread(run, python, "-c", IMPORT_ALL))


async def test_openapi_typescript_makes_types_of_each_path(document: dict[str, Any]) -> None:
    need("openapi-typescript")
    found = json.loads(await asyncio.to_thread(run_node, NPM / "make_client.mjs", json.dumps(document)))

    assert [{"url": PUBLIC_URL}] == document["servers"]
    assert [] == found["faults"]
    assert {path for path in document["paths"] if f'"{path}": {{' not in found["made"]} == set()
