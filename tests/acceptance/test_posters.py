"""A notice board, seen from outside: an event, its poster, the code on it, and the day when it comes down."""

import json
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from aiohttp import ClientSession
from yarl import URL

from hub.access.keyring import KeyRing
from hub.access.poster_links import PosterLinks
from hub.local.loopback import free_port
from hub.rendering.board import code_of
from hub.settings import Secret
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_promises import HUB, SECRET

LINKS: Final = PosterLinks(public_url=HUB, ring=KeyRing([Secret(SECRET)]))
WORK: Final = {"copropiedad_id": directory.BUILDING, "work_id": "obra-1"}


def works() -> dict[str, Any]:
    starts = datetime.now(UTC) + timedelta(days=5)
    return {
        **WORK,
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=4)).isoformat(),
        "affected_services": ["agua"],
        "contact": "Portería, 601 555 0100",
    }


async def posters(house: House, *narrowed: str) -> list[dict[str, Any]]:
    listed: dict[str, list[dict[str, Any]]] = json.loads(
        await house.command("posters", "list", "--json", *narrowed)
    )
    return listed["items"]


async def test_a_poster_from_its_event_to_the_day_it_comes_down(house: House, tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    house.settings |= {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_HTTP": address}
    html, pdf = tmp_path / "cartel.html", tmp_path / "cartel.pdf"
    async with house.running() as publisher, ClientSession(f"http://{address}") as passer_by:
        await directory.publish_all(publisher)
        event_id = await publisher.publish("maintenance.scheduled.announced", works())

        async def is_asked_for() -> bool:
            return bool(await posters(house, "--state", "to_print"))

        await until(is_asked_for, "the poster")
        [poster] = await posters(house)
        await house.command("posters", "show", poster["id"], "--html", str(html), "--pdf", str(pdf))
        hung = json.loads(await house.command("posters", "hung", poster["id"], "--json"))
        link = LINKS.of(UUID(poster["id"]))
        holds = await _open(passer_by, str(link))
        await publisher.publish(
            "maintenance.scheduled.cancelled", {**WORK, "reason": "No llegaron los repuestos."}
        )

        async def is_over() -> bool:
            return bool(await posters(house, "--state", "to_take_down", "--copropiedad", directory.BUILDING))

        await until(is_over, "the end of the notice")
        after = await _open(passer_by, str(link))
        down = json.loads(await house.command("posters", "taken-down", poster["id"], "--json"))
        states = {row["event"]: row["state"] for row in await posters(house)}

    assert (event_id, directory.BUILDING) == (poster["event_id"], poster["copropiedad_id"])
    assert b64decode(_code(html.read_text())) == b64decode(code_of(link))
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert ("hung", True) == (hung["state"], hung["changed"])
    assert "Este aviso está vigente" in holds
    assert "Sin agua el" in holds
    assert "Este aviso ya no está vigente" in after
    assert "taken_down" == down["state"]
    assert {
        "maintenance.scheduled.announced": "taken_down",
        "maintenance.scheduled.cancelled": "to_print",
    } == states


async def test_history_and_events_without_a_board_ask_for_no_poster(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        past = datetime.now(UTC) - timedelta(days=1)
        quiet = {**works(), "work_id": "obra-2"}
        over = {**works(), "work_id": "obra-3", "starts_at": past.isoformat(), "ends_at": past.isoformat()}
        await publisher.publish("maintenance.scheduled.announced", quiet, quiet=True)
        await publisher.publish("maintenance.scheduled.announced", over)
        await publisher.publish("maintenance.scheduled.announced", works(), id="again")
        await publisher.publish("maintenance.scheduled.announced", works(), id="again")
        settled = await publisher.publish("pqrs.received", directory.pqrs(1))
        await house.settled(settled)

        async def is_asked_for() -> bool:
            return bool(await posters(house))

        await until(is_asked_for, "the poster")

    assert ["again"] == [row["event_id"] for row in await posters(house)]


async def _open(passer_by: ClientSession, link: str) -> str:
    async with passer_by.get(URL(link).relative()) as answer:
        return await answer.text()


def _code(page: str) -> str:
    found = re.search(r'<div class="qr">\s*<img src="data:image/png;base64,([^"]+)"', page)
    assert found is not None
    return found[1]
