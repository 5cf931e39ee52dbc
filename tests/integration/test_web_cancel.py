"""One message over HTTP: cancelled with a reason, or sent again."""

import json
from typing import Any

import pytest
from aiohttp import hdrs

from hub.model import Message, State
from hub.storage import Database, PostgresBulk
from hub.testing import MemoryPublisher
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import message, stored
from tests.integration.guarded_hub import GuardedHub, guarded_hub_on
from tests.integration.identities import API_KEY, bearer
from tests.integration.test_web_operations import send
from tests.integration.two_buildings import MARKS
from tests.integration.web_doubles import MemoryLog, Reply, World, message_row
from tests.servers import Servers

WHY = {"why": "wrong"}


async def kept(database: str, state: State, **fields: Any) -> Message:
    """Store a message in this state."""
    of = stored()
    one = message(of, state=state, reason="smtp_550", **fields)
    async with open_stores(database) as stores:
        await _add(stores, one)
    return one


async def _add(stores: RealStores, one: Message) -> None:
    await stores.add_events(stored())
    await stores.add(one)


def world(opened: Database, one: Message) -> World:
    row = message_row(id=one.id, state=str(one.state))
    return World(log=MemoryLog(rows=[row]), database=opened)


async def ask_for(of: World, one: Message, verb: str, body: Any) -> Reply:
    return await send(of, "POST", f"/api/messages/{one.id}/{verb}", body)


async def test_waiting_message_is_cancelled_and_the_audit_says_why(database: str, opened: Database) -> None:
    one = await kept(database, State.HELD)
    asked = world(opened, one)

    done = await ask_for(asked, one, "cancel", WHY)
    again = await ask_for(asked, one, "cancel", WHY)
    [row] = await opened.rows("SELECT state, reason FROM message WHERE id = $1", one.id)

    assert (200, {"id": str(one.id), "changed": True}) == (done.status, done.json)
    assert 409 == again.status  # the list in memory says that it still waits: the table knows better
    assert ("cancelled", "withdrawn") == (row["state"], row["reason"])
    # Both tries have a row: an act is noted before it is done.
    assert [("cancel", WHY["why"])] * 2 == [(note.action, note.detail["why"]) for note in asked.audit.rows]


@pytest.mark.parametrize(
    "body", [{}, {"why": ""}, {"why": "Ana lo pidió"}, {"why": "wrong", "state": "held"}]
)
async def test_nobody_cancels_without_a_reason(database: str, opened: Database, body: Any) -> None:
    one = await kept(database, State.HELD)

    assert 400 == (await ask_for(world(opened, one), one, "cancel", body)).status


async def test_sent_message_is_not_cancelled_and_delivered_one_does_not_go_again(
    database: str, opened: Database
) -> None:
    one = await kept(database, State.SENT)
    asked = world(opened, one)
    answers = [await ask_for(asked, one, "cancel", WHY), await ask_for(asked, one, "redrive", {})]

    assert [409, 409] == [answer.status for answer in answers]
    assert ["only what has not left", "only what is lost"] == [
        word
        for answer, word in zip(answers, ("only what has not left", "only what is lost"), strict=True)
        if word in answer.json["detail"]
    ]


async def test_lost_message_goes_again_alone(database: str, opened: Database) -> None:
    one = await kept(database, State.FAILED)
    done = await ask_for(world(opened, one), one, "redrive", {})
    [row] = await opened.rows("SELECT state FROM message WHERE id = $1", one.id)

    assert (200, {"id": str(one.id), "verdict": "taken"}) == (done.status, done.json)
    assert "queued" == row["state"]


async def test_many_are_planned_then_cancelled_by_a_run_and_the_audit_says_why(
    database: str, opened: Database
) -> None:
    one = await kept(database, State.HELD)
    asked = world(opened, one)
    wish = {"state": "held", "reason": "smtp", **WHY}

    planned = await send(asked, "POST", "/api/messages/cancel", {**wish, "dry_run": True})
    started = await send(asked, "POST", "/api/messages/cancel", wish)
    await PostgresBulk(opened).work(9, MemoryPublisher().replay)
    none = await send(asked, "POST", "/api/messages/cancel", wish)
    [row] = await opened.rows("SELECT state, reason FROM message WHERE id = $1", one.id)

    assert (200, 1) == (planned.status, planned.json["goes"])
    assert (201, "cancel", 1, "wrong") == (
        started.status,
        *(started.json[name] for name in ("kind", "chosen", "reason")),
    )
    assert (404, "cancelled", "withdrawn") == (none.status, row["state"], row["reason"])
    assert [("bulk.cancel", f"bulk:{started.json['id']}", {"chosen": 1, **WHY})] == [
        (note.action, note.subject, note.detail) for note in asked.audit.rows
    ]


HERE = f"ph-{MARKS[0]}"


async def ask(hub: GuardedHub, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {**bearer(API_KEY), hdrs.CONTENT_TYPE: "application/json"}
    data = None if body is None else json.dumps(body)
    answer = await hub.send(method, path, headers, data)
    return answer.status, json.loads(answer.text)


async def test_bulk_action_is_planned_started_looked_at_and_stopped(servers: Servers) -> None:
    asked = {"kind": "resend", "only": "lost", "copropiedad": HERE}
    async with guarded_hub_on(servers) as hub:
        plan = await ask(hub, "POST", "/api/bulk", {**asked, "dry_run": True})
        without = await ask(hub, "POST", "/api/bulk", asked)
        status, run = await ask(hub, "POST", "/api/bulk", {**asked, "why": "falla del proveedor"})
        shown = await ask(hub, "GET", f"/api/bulk/{run['id']}")
        rows = await ask(hub, "GET", f"/api/bulk/{run['id']}/items?limit=1")
        stops = [await ask(hub, "POST", f"/api/bulk/{run['id']}/cancel", {}) for _ in range(2)]
        listed = await ask(hub, "GET", "/api/bulk?limit=1")

    assert (plan[0], plan[1]["goes"], plan[1]["by"][0]["copropiedad_id"]) == (200, 1, HERE)
    assert without[0] == 400
    assert (status, run["chosen"], run["places"], run["asked"]) == (
        201,
        1,
        [HERE],
        {"only": "lost", "copropiedad": HERE},
    )
    assert (shown[1]["state"], shown[1]["because"]) == ("running", [])
    assert [row["result"] for row in rows[1]["items"]] == [None]
    assert [stop["changed"] for _, stop in stops] == [True, False]
    assert listed[1]["items"][0]["id"] == run["id"]


async def test_nothing_found_is_no_run(servers: Servers) -> None:
    async with guarded_hub_on(servers) as hub:
        nothing = await ask(hub, "POST", "/api/bulk", {"kind": "cancel", "person": "nosuch", "why": "x"})
        unknown = await ask(hub, "POST", "/api/bulk", {"kind": "explode", "why": "x"})

    assert nothing[0] == 404
    assert unknown[0] == 400


async def test_failures_of_one_cause_are_one_line(servers: Servers) -> None:
    async with guarded_hub_on(servers) as hub:
        status, found = await ask(hub, "GET", f"/api/messages/causes?copropiedad={HERE}")

    assert status == 200
    assert [(row["reason"], row["count"], row["state"]) for row in found["items"]] == [
        ("reason-alfa", 1, "failed")
    ]
    assert found["items"][0]["to_do"]


async def test_filter_of_another_kind_is_refused(servers: Servers) -> None:
    """Left aside, it would let the action reach far more rows than were meant."""
    async with guarded_hub_on(servers) as hub:
        asked = {"kind": "replay", "person": "p-alfa", "why": "x"}
        refused = await ask(hub, "POST", "/api/bulk", asked)
        unknown = await ask(hub, "POST", "/api/bulk", {"kind": "cancel", "only": "everything", "why": "x"})
        page = await hub.send("GET", "/bulk/printed?state=failed", bearer(API_KEY))
        listed = await ask(hub, "GET", "/api/bulk?limit=9")

    assert (refused[0], "person" in refused[1]["error"]) == (400, True)
    assert (unknown[0], page.status) == (400, 400)
    assert len(listed[1]["items"]) == len(MARKS)
