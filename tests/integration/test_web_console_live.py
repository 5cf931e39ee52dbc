"""Acts of a colleague elsewhere appear on an open page of each section, without a reload."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import pytest
from aiohttp import hdrs

from hub.model.incidents import Symptom
from hub.storage import PostgresMonitor
from hub.web.services import SERVICES
from tests.contract.values import event
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import CONSOLE
from tests.integration.test_web_console_casework import LIVE, take_in
from tests.servers import Servers

OFTEN: Final = 0.2
"""
Seconds between two looks of the hub: a test waits for the next one.

For pages that show what is stored; others, such as *Hoy*, show what was counted up to two seconds ago.
"""
ROWS: Final = "document.querySelectorAll('#list tbody tr').length"


class LivePage(NamedTuple):
    """A page, the act of a colleague meanwhile, and the condition that holds in the browser only then."""

    path: str
    act: Callable[[ConsoleHub], Awaitable[None]]
    shows: str


def asked(method: str, path: str, body: Any = None) -> Callable[[ConsoleHub], Awaitable[None]]:
    """Make the client of the API for a colleague who may do everything."""

    async def act(hub: ConsoleHub) -> None:
        headers = {**await hub.cookies_of(hub.account), hdrs.ACCEPT: "application/json"}
        headers[hdrs.CONTENT_TYPE] = "application/json"
        data = None if body is None else json.dumps(body)
        answer = await hub.hub.send(method, hub.path(path), headers, data, at="console")
        assert answer.status == 200, answer.text

    return act


async def ask_for_an_opinion(hub: ConsoleHub) -> None:
    data = {
        "survey_id": "enc-live",
        "kind": "post_servicio",
        "service_area": "conserjeria",
        "respondent": {"ref": "p-alfa"},
        "copropiedad_id": "ph-alfa",
    }
    await take_in(hub, event("survey.requested", id="enc-live", data=data, time=datetime.now(UTC)))


async def break_sms(hub: ConsoleHub) -> None:
    await PostgresMonitor(hub.database, ()).see(
        [Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa")]
    )


def says(part: str, words: str) -> str:
    return f"document.getElementById({part!r}).innerText.includes({words!r})"


PAGES: Final = {
    "replies": LivePage(
        "/cases?kind=replies&copropiedad=ph-alfa",
        asked("POST", "/api/replies/REPLY/close", {"state": "closed"}),
        "document.querySelectorAll('.item.new').length === 0",
    ),
    "letters": LivePage(
        "/letters", asked("POST", "/api/letters/batches/BATCH/printed"), says("list", "Impresa")
    ),
    "batches": LivePage(
        "/letters/batches", asked("POST", "/api/letters/batches/BATCH/printed"), says("list", "Impreso")
    ),
    "dead": LivePage("/dead", asked("POST", "/api/dead/DEAD/discard"), f"{ROWS} === 2"),
    "cases": LivePage("/cases", asked("POST", "/api/cases/pqrs_id:CASE-MARK/take-on"), says("list", "Usted")),
    "channels": LivePage(
        "/channels", asked("PUT", "/api/pauses/sms", {"reason": "dos veces"}), says("is-sms", "En pausa")
    ),
    "channels, broken": LivePage("/channels", break_sms, says("trouble", "twilio")),
    "channels, everything": LivePage(
        "/channels", asked("PUT", "/api/pauses/all", {"reason": "mudanza"}), says("trouble", "mudanza")
    ),
    "posters": LivePage("/posters", asked("POST", "/api/posters/POSTER/hung"), says("list", "Colgado")),
    "surveys": LivePage("/surveys", ask_for_an_opinion, says("list", "Conserjería")),
}


@pytest.mark.parametrize("name", PAGES)
async def test_change_appears_on_an_open_page_without_a_reload(
    browser: Browser, servers: Servers, name: str
) -> None:
    page = PAGES[name]
    async with console_hub(servers) as hub:
        hub.hub.applications[CONSOLE][SERVICES].changes.every = OFTEN
        await hub.sign_in(browser)
        await hub.open(browser, page.path)
        await browser.until(LIVE)
        await browser.run("window.here = true")
        before = await browser.run(page.shows)
        await page.act(hub)

        assert before is False
        assert await browser.until(page.shows)
        assert await browser.run("window.here")
        assert browser.complaints == []
