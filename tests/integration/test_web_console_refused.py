"""Refused pages: shown in the frame of the console, so that one can go on from there."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, NoReturn

import pytest
import pytest_asyncio
from aiohttp import hdrs

from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import Grant, Office
from hub.storage import PostgresLog
from hub.web.responses import Refusal
from tests.integration.axe import shown
from tests.integration.chromium import Browser
from tests.integration.console_hub import HTML, ConsoleHub, console_hub
from tests.integration.judged import judged_once
from tests.integration.test_web_console_accessible import open_page
from tests.integration.test_web_console_day import Operator, Step, by_mouse
from tests.integration.test_web_console_now import unready
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
WRONG: Final = {
    "No se entiende lo que pide la página": Refusal(400, "wrong", "mend it"),
    "No tiene permiso para esto": Refusal(403, "wrong", "ask"),
    "Aquí no hay nada": Refusal(404, "wrong", "look"),
    "Ya no se puede": Refusal(409, "wrong", "look"),
    "Es demasiado de una vez": Refusal(413, "wrong", "less"),
    "Vuelva a cargar la página en 7 segundos": Refusal(429, "wrong", "wait", headers={hdrs.RETRY_AFTER: "7"}),
    "La base de datos no responde. Inténtelo": StorageUnavailable(),
    "Una parte del centro no responde": BrokerUnavailable(),
}
"""Words of the page → reason."""
ANSWERS: Final[Mapping[str, tuple[str, Sequence[Step]]]] = {
    "key": (
        "/keys",
        (
            Step("summary", "Crear una llave"),
            Step("textbox", "Nombre", "nueva"),
            Step("checkbox", "Consultar"),
            Step("button", "Crear y ver la llave", says="Se muestra una sola vez"),
        ),
    ),
    "key that is there": (
        "/keys",
        (
            Step("summary", "Crear una llave"),
            Step("textbox", "Nombre", "other"),
            Step("checkbox", "Consultar"),
            Step("button", "Crear y ver la llave", says="Crear una llave"),
        ),
    ),
    "password": (
        "/accounts",
        (
            Step("summary", "Crear una cuenta"),
            Step("textbox", "Usuario", "luis.mora"),
            Step("textbox", "Nombre de la persona", "Luis Mora"),
            Step("button", "Crear y ver su contraseña", says="Se muestra una sola vez"),
        ),
    ),
    "secret": (
        "/webhooks",
        (
            Step("summary", "Agregar un webhook"),
            Step("textbox", "Dirección", "https://crm.example/results"),
            Step("textbox", "Origen de los avisos", "urn:coproservicios:crm"),
            Step("button", "Agregar y ver su secreto", says="Se muestra una sola vez"),
        ),
    ),
    "event that is still wrong": (
        "/dead/WRONG",
        (Step("button", "Ver a quién le llega", says="Todavía no se puede recibir"),),
    ),
    "plan without a reason": (
        "/bulk/resend?state=failed",
        (
            Step("textbox", "Por qué", "   "),
            Step("button", "Reenviar 2 mensajes", says="Por qué"),
        ),
    ),
}
"""Act at a page of the console, and the page that is the answer. None needs what another one changes."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    async with console_hub(servers) as opened:
        opened.more["WRONG"] = (await unready(opened)).removeprefix("/dead/")
        yield opened


async def judged(browser: Browser, hub: ConsoleHub, says: str) -> str:
    """Return the faults of the page that is shown instead."""
    await hub.open(browser, "/messages")
    text = await browser.run("document.querySelector('main').innerText")
    marked = await browser.run("document.querySelector('nav [aria-current=page]')?.innerText")
    found = {"words": [] if says in text else [text], "frame": [] if marked == "Entregas" else [str(marked)]}
    found |= await open_page(browser, f"refused: {says}")
    return shown(found)


async def test_page_that_cannot_be_shown_says_why_within_the_console(
    browser: Browser, hub: ConsoleHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    await hub.sign_in(browser)
    # What pages show live is asked for by a method that is bound at the first of them.
    await hub.open(browser, "/channels")
    for says, error in WRONG.items():

        async def fail(*_: object, error: Exception = error, **__: object) -> NoReturn:
            raise error

        monkeypatch.setattr(PostgresLog, "messages", fail)
        if wrong := await judged(browser, hub, says):
            found[says] = wrong

    assert not found, "\n\n".join(f"{says}:\n{wrong}" for says, wrong in found.items())
    # The status, which Chromium notes of each.
    assert all("Failed to load resource" in str(one) for one in browser.complaints)


@pytest.mark.parametrize("answer", ANSWERS)
async def test_answer_to_a_form_is_for_everybody(browser: Browser, hub: ConsoleHub, answer: str) -> None:
    path, steps = ANSWERS[answer]
    await hub.sign_in(browser)
    await hub.open(browser, path)
    await Operator(browser, by_mouse, scripts=True).takes(*steps)

    assert not shown(await open_page(browser, f"answer: {answer}"))


async def test_keys_are_explained_to_everybody(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/messages")
    await browser.press("?")
    await browser.until("document.querySelector('dialog[open]') !== null")

    assert not await judged_once(browser, "keys explained")


async def test_who_may_not_open_a_page_can_go_on(hub: ConsoleHub) -> None:
    viewer = await hub.registry.account(
        "eva", Grant(office=Office.VIEWER, copropiedad_id="ph-alfa"), is_enrolled=False
    )
    refused = await hub.hub.send("GET", "/audit", await hub.cookies_of(viewer), at="console")
    stranger = await hub.hub.send("GET", "/audit", HTML, at="console")

    assert (refused.status, "No tiene permiso" in refused.text) == (403, True)
    assert 'href="/messages"' in refused.text
    assert 'href="/audit"' not in refused.text
    assert (stranger.status, 'href="/messages"' in stranger.text) == (303, False)
