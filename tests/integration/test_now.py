"""State of the hub now, as a page, over HTTP and as a command: one sentence for all three."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import hdrs

from hub.desk.channels import queries
from hub.model import Grant, Office, Symptom
from hub.storage import Database, PostgresMonitor
from tests.command_line import hub, printed
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers


async def now_of(console: ConsoleHub, headers: dict[str, str]) -> dict[str, Any]:
    answer = await console.hub.send("GET", "/api/now", headers, at="console")
    found: dict[str, Any] = json.loads(answer.text)
    return found


async def test_api_says_what_the_first_page_says(servers: Servers) -> None:
    async with console_hub(servers) as console:
        await queries.pause(console.database, "channel:sms", by="luis", reason="")
        page = await console.hub.send("GET", "/", {hdrs.ACCEPT: "text/html", **bearer(API_KEY)}, at="console")
        said = await now_of(console, bearer(API_KEY))

    assert said["sentence"] == "El centro trabaja bien. Por atender: 3 avisos rechazados."
    assert (said["path"], said["urgency"], said["incidents"]) == ("/dead", "bad", [])
    texts = [matter["text"] for matter in said["matters"]]
    assert texts[0] == "3 avisos rechazados"
    assert "En pausa: SMS" in texts
    counted = ("promesa", "respuesta")  # of which the page counts matters
    assert [] == [text for text in texts if text not in page.text and not any(map(text.count, counted))]
    assert len(said["hours"]) == 24
    assert sum(hour["lost"] for hour in said["hours"]) == 2
    assert {row["channel"]: row["lost"] for row in said["channels"]}["print"] == 2


async def test_who_reads_one_building_has_its_numbers_alone(servers: Servers) -> None:
    async with console_hub(servers) as console:
        grant = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}")
        eva = await console.registry.account("eva", grant, is_enrolled=False)
        said = await now_of(console, await console.cookies_of(eva))

    assert sum(hour["lost"] for hour in said["hours"]) == 1
    assert "rechazado" not in json.dumps(said, ensure_ascii=False)


async def test_command_says_it_too(environ: dict[str, str]) -> None:
    calm, _ = await printed(environ, "now")
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await PostgresMonitor(database, ()).see(
            [Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa")]
        )
        await queries.pause(database, "channel:sms", by="luis", reason="")
    code, said, _ = await hub(environ, "now")
    screen, _ = await printed(environ, "now")

    assert calm.startswith("Todo en marcha: 0 mensajes salieron en la última hora.")
    assert code == 0
    assert said["sentence"].startswith("El proveedor twilio")
    assert said["path"] == "/channels"
    assert said["sentence"] in screen
    assert "En pausa: SMS" in screen
