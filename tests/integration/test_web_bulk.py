"""Bulk actions over HTTP: plan, start, look, rows, stop; and messages by cause."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import hdrs

from tests.integration.guarded_hub import GuardedHub, guarded_hub_on
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers

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
