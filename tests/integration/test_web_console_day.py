"""
A day of an operator, from the sign-in form to signing out: by mouse, by keyboard alone, and without scripts.

Nothing is done behind the page's back. A click is one at the place of the button, and fails where something
covers it; by keyboard each field, link and button is reached by Tab.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeAlias
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page
from pyotp import TOTP

from hub.access.keyring import KeyRing, Sealed
from hub.model import EVERYWHERE, Account, Grant, SecondFactor
from hub.settings import Secret
from tests.integration.chromium import Browser, Chromium, open_browser
from tests.integration.console_hub import OFFICES, ConsoleHub, console_hub
from tests.integration.identities import SECRET
from tests.integration.judged import judged_once
from tests.integration.test_web_console_casework import example, published, take_in
from tests.integration.test_web_console_now import unready
from tests.integration.usable import STOPS
from tests.integration.web_doubles import PASSWORDS
from tests.integration.web_visitor import PASSWORD
from tests.servers import Servers

APP: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret that Marta's authenticator app has read from the page."""
RADICADO: Final = "PQ-2026-000777"
OF_CASE: Final = "event_key IN (SELECT key FROM event WHERE data->>'radicado' = $1)"
MOST_STOPS: Final = 400
AHEAD: Final = f"""
node => {{
  {STOPS.strip()};
  const [to, from] = [node, document.activeElement].map(one => window.stops.indexOf(one));
  return (to - from + window.stops.length) % window.stops.length;
}}
"""
"""How many stops of the tab key away something is."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    A step at one element of the page, which its role and its name identify.

    `put` is typed into it or chosen in it. `says` are words of the next page; without them the page stays.
    """

    role: str
    name: str
    put: str = ""
    says: str = ""


SIGN_IN: Final = (
    Step("textbox", "Usuario", "marta"),
    Step("textbox", "Contraseña", PASSWORD),
    Step("button", "Entrar", says="Código de seis cifras"),
    Step("textbox", "Código de seis cifras", "CODE"),
    Step("button", "Entrar", says="Mi trabajo"),
)
WORK: Final = (
    # Search, open, read the words, resend.
    Step("searchbox", "Buscar", RADICADO),
    Step("button", "Buscar", says="Un resultado"),
    Step("link", "PQRS recibida", says="Primera respuesta"),
    Step("link", "Ver el mensaje", says="No se pudo conectar con el proveedor"),
    Step("link", "Lo que decía", says=RADICADO),
    Step("button", "Reenviar", says="otra vez."),
    # Replay a rejected event.
    Step("link", "Rechazados", says="PQRS recibida"),
    Step("link", "PQRS recibida", says="Falta un dato obligatorio"),
    Step("link", "Publicar tal como llegó…", says="se rechaza otra vez"),
    Step("button", "Publicar", says="Se publicó otra vez."),
    # Acknowledge a promise.
    Step("link", "Promesas", says="CASE-alfa"),
    Step("combobox", "Copropiedad", "Conjunto ph-alfa"),
    Step("combobox", "Nivel", "Coordinación del área"),
    Step("button", "Filtrar", says="CASE-alfa"),
    Step("link", "Primera respuesta", says="Se prometieron 2 h"),
    Step("textbox", "Qué va a hacer", "Llamo a la empresa de ascensores."),
    Step("button", "Asumir por el nivel 2", says="La promesa quedó asumida"),
    # Answer a reply.
    Step("link", "Respuestas", says="p-alfa"),
    Step("combobox", "Copropiedad", "Conjunto ph-alfa"),
    Step("button", "Filtrar", says="p-alfa"),
    Step("link", "Mensaje", says="words-alfa"),
    Step("textbox", "Qué se le contesta", "Ya va el técnico."),
    Step("button", "Enviar la respuesta", says="Respondida"),
    # Pause a channel, and let it go on.
    Step("link", "Canales", says="Pausar SMS"),
    Step("summary", "Pausar SMS"),
    Step("textbox", "Por qué", "Todo sale dos veces."),
    Step("combobox", "Termina", "En dos horas"),
    Step("button", "Pausar", says=": Todo sale dos veces. Termina"),
    Step("button", "Terminar la pausa", says="Pausar SMS"),
    # Export a person.
    Step("searchbox", "Buscar", "p-alfa"),
    Step("button", "Buscar", says="Conjunto ph-alfa"),
    Step("link", "P*** a***", says="Sus derechos (Ley 1581)"),
    Step("download", "Exportar todo (PDF)"),
    Step("button", "Salir", says="Contraseña"),
)
Act: TypeAlias = Callable[[Page, Locator, Step], Awaitable[None]]


async def by_mouse(page: Page, thing: Locator, step: Step) -> None:
    if step.role == "combobox":
        await thing.select_option(label=step.put)
        return
    await thing.click()
    if step.put:
        await page.keyboard.type(step.put)


async def by_keyboard(page: Page, thing: Locator, step: Step) -> None:
    await tab_to(page, thing)
    if step.role == "combobox":
        await choose(page, thing, step.put)
    elif step.put:
        await page.keyboard.press("Control+a")
        await page.keyboard.type(step.put)
    else:
        await page.keyboard.press("Enter")


async def tab_to(page: Page, thing: Locator) -> None:
    """Press Tab until the focus is there: once for each stop on the way, then with a look each time."""
    for _ in range(await thing.evaluate(AHEAD)):
        await page.keyboard.press("Tab")
    for _ in range(MOST_STOPS):
        if await thing.evaluate("node => node === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {thing}")


async def choose(page: Page, thing: Locator, label: str) -> None:
    """Go down the choices until this one is chosen."""
    await page.keyboard.press("Home")
    for _ in range(MOST_STOPS):
        if await thing.evaluate("node => node.selectedOptions[0].label") == label:
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not lead to {label!r}")


HANDS: Final[Mapping[str, Act]] = {"mouse": by_mouse, "keyboard": by_keyboard, "mouse, no scripts": by_mouse}


def thing_of(page: Page, step: Step) -> Locator:
    if step.role == "summary":
        return page.locator("summary", has_text=step.name)
    role = "link" if step.role == "download" else step.role
    # The name of a field has its hint in it.
    exact = role in ("link", "button")
    return page.get_by_role(role, name=step.name, exact=exact).first  # type: ignore[arg-type]


async def do(act: Act, step: Step, page: Page) -> bytes:
    """Take a step; return the downloaded file."""
    thing = thing_of(page, step)
    if step.role == "download":
        async with page.expect_download() as loading:
            await act(page, thing, step)
        file = await (await loading.value).path()
        return await asyncio.to_thread(file.read_bytes)
    if not step.says:
        await act(page, thing, step)
        return b""
    async with page.expect_navigation():
        await act(page, thing, step)
    said = await page.locator("main").inner_text()
    assert step.says in said, f"after {step.role} {step.name!r}: {said}"
    return b""


@dataclass
class Operator:
    """Somebody at a browser, who uses it in one way."""

    browser: Browser
    act: Act
    scripts: bool

    async def takes(self, *steps: Step) -> bytes:
        """Take these steps, and judge each page that they lead to; return the downloaded files."""
        downloaded = b""
        for step in steps:
            put = TOTP(APP).now() if step.put == "CODE" else step.put
            downloaded += await self.browser.act(partial(do, self.act, replace(step, put=put)))
            if step.says and self.scripts:
                where = f"after {step.role} {step.name!r}: {step.says}"
                assert not await judged_once(self.browser, where), where
        return downloaded


async def enrol(hub: ConsoleHub) -> None:
    """Make the account of somebody who signs in with a password and the code of an app."""
    marta = Account(
        id=uuid4(),
        name="marta",
        display_name="Marta",
        password_hash=await PASSWORDS.hash(PASSWORD),
        grants=tuple(Grant(office=office, copropiedad_id=EVERYWHERE) for office in OFFICES),
        must_change=False,
        created_at=datetime.now(UTC),
        created_by="test",
    )
    assert await hub.registry.accounts.add(marta)
    ring = KeyRing([Secret(SECRET)])
    sealed = ring.seal(Sealed.SECOND_FACTOR, TOTP(APP).byte_secret(), str(marta.id))
    factor = SecondFactor(sealed=sealed, last_step=0, enrolled_at=datetime.now(UTC), codes_left=0)
    assert await hub.registry.factors.enrol(marta.id, factor, (), again=False)


async def something_failed(hub: ConsoleHub) -> None:
    """Let a case have come in, and a provider have been away when its notice was to leave."""
    words = {"pqrs_id": "walk-1", "radicado": RADICADO, "unit_id": "u-alfa", "petitioner": {"ref": "p-alfa"}}
    await take_in(hub, example("pqrs.received", **words))
    failed = "UPDATE message SET state = 'failed', reason = 'connect_failed'"
    await hub.database.rows(f"{failed} WHERE {OF_CASE}", RADICADO)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("hand", HANDS)
async def test_day_is_walked_from_the_sign_in_to_the_sign_out(
    chromium: Chromium, servers: Servers, hand: str
) -> None:
    scripts = hand != "mouse, no scripts"
    async with console_hub(servers) as hub, open_browser(chromium, scripts=scripts) as browser:
        await enrol(hub)
        await something_failed(hub)
        marta = Operator(browser, HANDS[hand], scripts)
        await browser.go(hub.url)
        await marta.takes(*SIGN_IN)
        await rejected_event_appears(hub, browser, scripts=scripts)
        downloaded = await marta.takes(*WORK)

        assert downloaded.startswith(b"%PDF-")
        await everything_was_done(hub)
        # The sign-in form is the answer to a stranger, and Chromium notes its status.
        assert [one for one in browser.complaints if "401 (Unauthorized)" not in str(one)] == []


async def rejected_event_appears(hub: ConsoleHub, browser: Browser, *, scripts: bool) -> None:
    """Let an event be rejected; a page that is open says so without a reload, where scripts run."""
    if scripts:
        await browser.until("document.getElementById('pulse').textContent === 'Se actualiza sola'")
        await browser.run("window.here = true")
    await unready(hub)
    if scripts:
        await browser.until("document.querySelector('.headline').innerText.includes('4 avisos rechazados')")
        assert await browser.run("window.here")


async def everything_was_done(hub: ConsoleHub) -> None:
    """Check what the day has left: in the database, and in the broker."""
    rows = await hub.database.rows(f"SELECT state FROM message WHERE {OF_CASE}", RADICADO)
    assert [row["state"] for row in rows].count("queued") == 1
    sent = {event.name: event for event in await published(hub)}
    assert set(sent) == {"pqrs.received", "sla.acknowledged", "pqrs.replied"}
    assert sent["pqrs.received"].id == "evt-x"
    assert sent["sla.acknowledged"].data["note"] == "Llamo a la empresa de ascensores."
    assert sent["pqrs.replied"].data["summary"] == "Ya va el técnico."
    assert {event.data["by"] for event in sent.values() if "by" in event.data} == {"account:marta"}
    noted = await hub.database.rows("SELECT action FROM audit WHERE who = 'account:marta' ORDER BY at")
    told = [row["action"] for row in noted]
    assert [action for action in told if action in ("pause", "resume")] == ["pause", "resume"]
    assert {"message.show", "reply.show", "person.export"} <= set(told)
    assert not await hub.database.rows("SELECT FROM pause")
    assert not await hub.database.rows(
        "SELECT FROM session JOIN account ON account.id = account_id WHERE account.name = 'marta'"
    )
