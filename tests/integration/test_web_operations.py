"""Operators' actions over HTTP: pause, redrive, hand over letters."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import hdrs

from hub.model import Rendered, State
from hub.storage import Database, PostgresBulk, PostgresDelivery, PostgresLetters
from hub.testing import MemoryPublisher
from hub.web.responses import HEADERS
from tests.integration.web_doubles import Reply, World, ask
from tests.providers.samples import outgoing
from tests.unit.factories import message

JSON = {hdrs.CONTENT_TYPE: "application/json"}
PAGE = "<!DOCTYPE html><style>@page { size: A4 }</style><p>Cordial saludo:</p>"


async def send(world: World, method: str, path: str, body: Any = None) -> Reply:
    given = None if body is None else json.dumps(body).encode()
    return await ask(world, path, method=method, headers=JSON if given else None, body=given)


async def test_a_channel_is_paused_listed_and_resumed(opened: Database) -> None:
    world = World(database=opened)
    paused = await send(world, "PUT", "/api/pauses/sms", {"by": "ana", "reason": "envía doble"})
    again = await send(world, "PUT", "/api/pauses/sms")
    channels = (await ask(world, "/api/channels")).json["items"]
    pauses = (await ask(world, "/api/pauses")).json["items"]
    resumed = await send(world, "DELETE", "/api/pauses/sms")
    gone = await send(world, "DELETE", "/api/pauses/sms")
    none = await send(world, "GET", "/api/pauses/sms")
    refused = await send(world, "DELETE", "/api/pauses/sms?older=cancel")

    assert paused.json == {"subject": "channel:sms", "changed": True, "urgent": 0}
    assert again.json["changed"] is False
    assert {row["name"]: row["paused"] and row["paused"]["by"] for row in channels}[
        "sms"
    ] == "this machine/ana"
    assert [(row["subject"], row["reason"]) for row in pauses] == [("channel:sms", "envía doble")]
    known = {"subject": "channel:sms", "changed": True, "released": 0, "more": False, "run": None}
    assert resumed.json == known
    assert gone.json["changed"] is False
    assert (404, 409) == (none.status, refused.status)
    assert refused.json["error"].startswith("Only what a restored copy had planned")
    assert "POST /api/bulk" in refused.json["hint"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_unknown_name_cannot_be_paused(method: str) -> None:
    reply = await send(World(), method, "/api/pauses/pqrs.recived")

    assert reply.status == 404
    assert "pqrs.received" in reply.json["error"]


async def test_lost_messages_go_again_once(opened: Database) -> None:
    world = World(database=opened)
    one = message(state=State.FAILED, reason="smtp_550", created_at=datetime.now(UTC))
    await PostgresDelivery(opened).add_messages([one])
    wish = {"state": "failed", "reason": "smtp_5"}
    planned = await send(world, "POST", "/api/messages/redrive", {**wish, "dry_run": True})
    started = await send(world, "POST", "/api/messages/redrive", {**wish, "why": "corregido"})
    await PostgresBulk(opened).work(9, MemoryPublisher().replay)
    second = await send(world, "POST", "/api/messages/redrive", wish)

    assert (200, 1) == (planned.status, planned.json["goes"])
    assert (201, "resend", 1, "corregido") == (
        started.status,
        *(started.json[name] for name in ("kind", "chosen", "reason")),
    )
    [row] = await opened.rows("SELECT state FROM message")
    assert (404, State.QUEUED) == (second.status, row["state"])
    assert [("bulk.resend", {"chosen": 1, "also_told": False})] == [
        (note.action, note.detail) for note in world.audit.rows
    ]


@pytest.mark.parametrize(
    "body",
    [{}, {"state": "sent"}, {"state": "failed", "limit": 0}, {"state": "failed", "chanel": "sms"}, []],
    ids=str,
)
async def test_invalid_redrive_request_sends_nothing(body: Any) -> None:
    reply = await send(World(), "POST", "/api/messages/redrive", body)

    assert reply.status == 400


async def test_a_letter_is_printed_from_a_page_that_runs_nothing_and_handed_over_once(
    opened: Database,
) -> None:
    world, one = (
        World(database=opened),
        outgoing("print", rendered=Rendered(subject="Carta", text="Carta", html=PAGE)),
    )
    await PostgresLetters(opened).add([one])
    listed = (await ask(world, "/api/letters?handed_over=false")).json["items"]
    page = await ask(world, f"/letters/{one.message.id}")
    done = [await send(world, "POST", f"/api/letters/{one.message.id}/done") for _ in range(2)]
    still_open = (await ask(world, "/api/letters?handed_over=false")).json["items"]

    assert [row["subject"] for row in listed] == ["Carta"]
    assert (page.text, page.headers[hdrs.CONTENT_TYPE]) == (PAGE, "text/html; charset=utf-8")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == HEADERS["X-Frame-Options"]
    assert [reply.json["changed"] for reply in done] == [True, False]
    assert still_open == []
    noted = [(note.action, note.subject) for note in world.audit.rows]
    assert noted == [
        (action, f"letter:{one.message.id}") for action in ("letter.print", "letter.done", "letter.done")
    ]


@pytest.mark.parametrize("path", ["/letters/{}", "/api/letters/{}"])
async def test_a_letter_that_is_not_there_is_unknown(opened: Database, path: str) -> None:
    world = World(database=opened)

    assert [
        (await ask(world, path.format(letter_id))).status for letter_id in ("x", outgoing().message.id)
    ] == [404, 404]
