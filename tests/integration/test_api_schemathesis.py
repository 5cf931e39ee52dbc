"""
The API against its OpenAPI document: schemathesis sends a running hub allowed and forbidden requests.

Its requests follow from a seed, so a failure repeats. It runs as a program of its own: its warnings are not
ours.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import hdrs

from hub.model import Scope
from hub.storage import PostgresAccounts, PostgresKeys, PostgresSecondFactors, PostgresSessions
from tests.integration.guarded_hub import GuardedHub, guarded_hub
from tests.integration.identities import API_KEY, Registry, bearer
from tests.integration.own_environment import program_of
from tests.integration.printed_once import printed_once

SEED: Final = "17"
EXAMPLES: Final = 3
"""Requests for each operation by chance, besides the examples and the edges of each parameter."""
WITHIN: Final = 240.0
"""Seconds: twenty on two free cores, more beside other tests."""
# Not a wrong key: after some guesses it is answered 429.
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def hub(amqp_url: str, redis_url: str, database: str) -> AsyncIterator[GuardedHub]:
    with printed_once():
        async with guarded_hub(amqp_url, redis_url, database) as hub:
            yield hub


async def document_of(hub: GuardedHub) -> dict[str, Any]:
    answer = await hub.send(hdrs.METH_GET, "/openapi.json", bearer(API_KEY))
    document: dict[str, Any] = json.loads(answer.text)
    return document


async def examined(
    hub: GuardedHub,
    document: dict[str, Any],
    headers: Mapping[str, str],
    folder: Path,
    *options: str,
    examples: int = EXAMPLES,
) -> tuple[int, str]:
    """Run schemathesis with this key; return its status and its output."""
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    program = await asyncio.create_subprocess_exec(
        *(program_of("schemathesis"), "run", "openapi.json"),
        *("--url", f"http://{hub.addresses['guarded']}", "--seed", SEED),
        *("--max-examples", str(examples)),
        *("--header", f"Authorization: {headers[hdrs.AUTHORIZATION]}", "--no-color", "--continue-on-failure"),
        *("--warnings", "off", "--generation-database", "none", "--request-timeout", "20"),
        *options,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(program.communicate(), WITHIN)
    except TimeoutError:
        program.kill()
        await program.wait()
        raise
    return program.returncode or 0, said.decode()


async def test_every_answer_is_one_that_the_document_has(hub: GuardedHub, tmp_path: Path) -> None:
    options = "--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)
    status, said = await examined(hub, await document_of(hub), bearer(API_KEY), tmp_path, *options)

    assert (0, True) == (status, "No issues found" in said), said


async def test_key_without_rights_is_refused_by_every_operation(hub: GuardedHub, tmp_path: Path) -> None:
    registry = Registry(
        accounts=PostgresAccounts(hub.database),
        keys=PostgresKeys(hub.database),
        sessions=PostgresSessions(hub.database),
        factors=PostgresSecondFactors(hub.database),
    )
    _, powerless = await registry.key("powerless", Scope.READ, scopes=frozenset())
    before = await hub.state()
    document = await document_of(hub)
    document["paths"] = {
        path: {method: only_refusing(operation) for method, operation in operations.items()}
        for path, operations in document["paths"].items()
        if path.startswith("/api/")
    }
    options = "--phases", "examples,fuzzing", "--checks", "status_code_conformance,not_a_server_error"
    # Who is refused, the access matrix asks of each caller; one request tells that the answer is described.
    status, said = await examined(hub, document, powerless, tmp_path, *options, examples=1)

    assert (0, True) == (status, "No issues found" in said), said
    assert before == await hub.state()


def only_refusing(operation: dict[str, Any]) -> dict[str, Any]:
    """
    Let an operation answer 401 and 403 only, and 415: which type the body has is looked at before who asks.

    Without its query: a line that is too long for any server is refused (400) before anybody reads the key.
    """
    refusals = {status: operation["responses"].get(status) for status in ("401", "403", "415")}
    parameters = [one for one in operation["parameters"] if one["in"] == "path"]
    answers = {status: answer for status, answer in refusals.items() if answer}
    return {**operation, "parameters": parameters, "responses": answers}
