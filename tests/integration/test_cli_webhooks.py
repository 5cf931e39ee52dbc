"""Webhooks as commands and over HTTP."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import hdrs

from hub.model import Json, Scope
from hub.storage import Database
from tests.command_line import hub, printed
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_keys import holding
from tests.integration.web_doubles import Reply, World, ask
from tests.providers.webhook import WebhookReceiver, answering

CRM = "urn:coproservicios:crm"
SETTINGS = {"HUB_SECRET": "x" * 40, "HUB_WEBHOOK_NETWORKS": "127.0.0.1"}


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as running:
        yield running
        assert [] == running.violations


async def test_a_webhook_is_added_tried_rotated_and_removed_and_all_of_it_is_noted(
    environ: dict[str, str], receiver: WebhookReceiver
) -> None:
    given = {**environ, **SETTINGS}
    _, made, _ = await hub(given, "webhooks", "add", receiver.url, "--source", CRM, "--kind", "failed")
    receiver.secrets.append(made["secret"])
    receiver.script.append(answering(500))
    refused, answer, _ = await hub(given, "webhooks", "test", made["id"])
    taken, _, _ = await hub(given, "webhooks", "test", made["id"])
    _, rotated, _ = await hub(given, "webhooks", "rotate", made["id"])
    _, listed, _ = await hub(given, "webhooks", "list")
    screen, _ = await printed(given, "webhooks", "list")
    on, _, _ = await hub(given, "webhooks", "on", made["id"])
    codes = [(await hub(given, "webhooks", "remove", made["id"]))[0] for _ in range(2)]
    _, notes, _ = await hub(given, "audit")

    assert (1, {"taken": False, "reason": "http_500"}) == (refused, answer)
    assert (0, 0) == (taken, on)
    assert [0, 1] == codes
    assert [(made["id"], CRM, ["failed"], "live")] == [
        (row["id"], row["source"], row["kinds"], row["state"]) for row in listed["items"]
    ]
    assert made["secret"] != rotated["secret"]
    shown = str(listed) + screen + str(notes)
    assert not any(secret in shown for secret in (made["secret"], rotated["secret"]))
    assert "of-theirs" not in str(notes)
    actions = ["webhook.remove", "webhook.remove", "webhook.on", "webhook.rotate", "webhook.add"]
    assert actions == [row["action"] for row in notes["items"]]


async def test_what_cannot_be_a_webhook_is_refused_with_a_reason(environ: dict[str, str]) -> None:
    given = {**environ, **SETTINGS}
    plain, _, complaint = await hub(given, "webhooks", "add", "http://crm.example/", "--source", CRM)
    own, _, _ = await hub(given, "webhooks", "add", "https://crm.example/", "--source", "urn:hub")
    unsigned, _, secretless = await hub(environ, "webhooks", "add", "https://crm.example/", "--source", CRM)

    assert (1, 1, 1) == (plain, own, unsigned)
    assert "needs https" in complaint
    assert "HUB_SECRET" in secretless


async def change(world: World, path: str, headers: dict[str, str], body: Json, method: str = "POST") -> Reply:
    given = {**headers, hdrs.CONTENT_TYPE: "application/json"}
    return await ask(world, path, method=method, headers=given, body=json.dumps(body).encode())


async def test_administrators_change_webhooks_over_http_and_nobody_else(
    database: str, receiver: WebhookReceiver
) -> None:
    async with Database(database) as opened:
        world = World(environ={**GUARDED, **SETTINGS}, database=opened)
        key, other = await holding(world, Scope.ADMIN), await holding(world, Scope.OPERATE)
        given = {"source": CRM, "url": receiver.url}
        made = await change(world, "/api/webhooks", key, given)
        receiver.secrets.append(made.json["secret"])
        place = f"/api/webhooks/{made.json['id']}"
        tried = await change(world, f"{place}/test", key, {})
        rotated = await change(world, f"{place}/rotate", key, {})
        on = await change(world, f"{place}/on", key, {})
        listed = await ask(world, "/api/webhooks", headers=key)
        refused = {
            (await change(world, path, other, {})).status for path in ("/api/webhooks", f"{place}/test")
        }
        gone = [(await change(world, place, key, {}, method="DELETE")).status for _ in range(2)]

    assert (201, 201, 200) == (made.status, rotated.status, on.status)
    assert {"taken": True, "reason": None} == tried.json
    assert [made.json["id"]] == [row["id"] for row in listed.json["items"]]
    assert "secret" not in listed.json["items"][0]
    assert {403} == refused
    assert [200, 404] == gone
