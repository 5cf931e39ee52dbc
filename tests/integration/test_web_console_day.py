"""
Day of somebody of office *Operación* alone, job by job: by mouse, by keyboard alone, and without scripts.

Nothing is done behind the page's back. A click is one at the place of the button, and fails where something
covers it; by keyboard each field, link and button is reached by Tab. No job takes more than five clicks: a
click into a field that has not the focus, Enter and a choice are one each; typing is none.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest
from playwright.async_api import Locator, Page

from tests.integration.chromium import Browser, Chromium, open_browser
from tests.integration.console_day import (
    FLOOD,
    HERS,
    NEIGHBOURS,
    THREAD,
    circular_is_refused,
    morning,
    sheet,
)
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.judged import judged_once
from tests.integration.test_sheet_imports import worked
from tests.integration.test_web_console_casework import published
from tests.integration.usable import STOPS
from tests.integration.web_visitor import PASSWORD
from tests.servers import Servers

MOST_STOPS: Final = 400
TYPED: Final = ("textbox", "searchbox")
FOCUSED: Final = "node => node === document.activeElement"
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


class Job(NamedTuple):
    """What somebody wants done: its name, and the steps from the page where the job before ended."""

    name: str
    steps: tuple[Step, ...]


SIGN_IN: Final = (
    Step("textbox", "Usuario", "marta"),
    Step("textbox", "Contraseña", PASSWORD),
    Step("button", "Entrar", says="Mi trabajo"),
)
FIND: Final = Job(
    "find «avila 302»",
    (
        Step("searchbox", "Buscar", "avila 302"),
        Step("button", "Buscar", says="Inés Ávila"),
        Step("link", "Inés Ávila", says="De qué hemos hablado"),
    ),
)
PHONE: Final = Job(
    "correct a phone",
    (
        Step("link", "Corregir un dato", says="Celular o teléfono"),
        Step("textbox", "Celular o teléfono", "300 987 6543"),
        Step("button", "Revisar el cambio", says="Se le avisa a los dos"),
        Step("button", "Corregir", says="De qué hemos hablado"),
    ),
)
MAIL: Final = Job(
    "answer her mail",
    (
        Step("link", "La llave del salón", says="También de Inés"),
        Step("textbox", "Respuesta", "Está en la portería."),
        Step("button", "Enviar la respuesta", says="va en camino"),
    ),
)
NOTE: Final = Job(
    "write an internal note with a mention",
    (
        Step("textbox", "Nota para el personal", "@luz.mora ¿la dejaste en la portería?"),
        Step("button", "Guardar la nota", says="¿la dejaste en la portería?"),
    ),
)
HAND_OVER: Final = Job(
    "hand a case over",
    (
        Step("summary", "Entregar a otra persona"),
        Step("combobox", "A quién", "Luz Mora"),
        Step("textbox", "Razón", "Ella tiene la llave."),
        Step("button", "Entregar el caso", says="Encargado: Luz Mora"),
    ),
)
WHATSAPP: Final = Job(
    "answer a WhatsApp that belongs to nothing",
    (
        Step("link", "Respuestas", says="¿Hay parqueadero?"),
        Step("link", "¿Hay parqueadero?", says="Sin dueño"),
        Step("link", "Abrir", says="Responder por"),
        Step("textbox", "Respuesta", "Sí, en el sótano."),
        Step("button", "Enviar la respuesta", says="¿Hay parqueadero?"),
    ),
)
PROMISE: Final = Job(
    "take a promise on",
    (
        Step("link", "Casos", says="Gotera en el parqueadero"),
        Step("link", "Gotera en el parqueadero", says="Primera respuesta"),
        Step("link", "Primera respuesta", says="Qué va a hacer"),
        Step("textbox", "Qué va a hacer", "Llamo al plomero."),
        Step("button", "Asumir por el nivel 2", says="La promesa quedó asumida"),
    ),
)
IMPORT: Final = Job(
    f"import {NEIGHBOURS} people",
    (
        Step("link", "Personas", says="Cargar una hoja"),
        Step("link", "Cargar una hoja", says="Mirar la hoja"),
        Step("file", "Archivo", "SHEET"),
        Step("button", "Mirar la hoja", says="Hoja de 300 líneas"),
        Step("button", "Aplicar 900 cambios", says="Escribiendo"),
    ),
)
MEND: Final = Job(
    "mend a refused circular and publish it",
    (
        Step("link", "Rechazados", says="Circular"),
        Step("link", "Circular", says="Corregirlo"),
        Step("textbox", "Título", "Fumigación del jueves"),
        Step("button", "Ver a quién le llega", says="Escriba «Altos» para seguir"),
        Step("textbox", "Escriba «Altos» para seguir", "altos"),
        Step("button", "Avisar a 302 personas", says="Se publicó"),
    ),
)
VIEW: Final = Job(
    "save a view",
    (
        Step("link", "Casos", says="Sin dueño"),
        Step("link", "Sin dueño", says="Gotera"),
        Step("summary", "Guardar o quitar"),
        Step("textbox", "Guardar esta como", "Para repartir"),
        Step("button", "Guardar", says="Para repartir"),
    ),
)
DAY: Final = (FIND, PHONE, MAIL, NOTE, HAND_OVER, WHATSAPP, PROMISE, IMPORT, MEND, VIEW)
MOST_CLICKS: Final = 5
SENT: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("pqrs.replied", ""): {
        "pqrs_id": "hers",
        "channel": "email",
        "mail_reference": THREAD,
        "summary": "Está en la portería.",
        "agent_id": "account:marta",
    },
    ("hub.colleague.called", "mention"): {"matter": HERS},
    ("hub.colleague.called", "handed_over"): {"matter": HERS},
    ("support.written", ""): {"channel": "whatsapp", "words": "Sí, en el sótano."},
    ("sla.acknowledged", ""): {"thread_id": FLOOD, "note": "Llamo al plomero.", "by": "account:marta"},
    ("admin.circular.issued", ""): {"copropiedad_id": "ph-altos", "title": "Fumigación del jueves"},
}
"""Name and way of what the day publishes → some of its fields."""
NOTED: Final = frozenset(
    {"search", "person.correct", "case.note", "case.reply", "case.hand_over", "clock.acknowledge"}
    | {"people.import", "dead.mend", "view.save"}
)
LEAVE: Final = Step("button", "Salir", says="Contraseña")
Act: TypeAlias = Callable[[Page, Locator, Step], Awaitable[int]]
"""What takes a step; it returns how many clicks that was: typing is none, Enter and a choice are one."""


async def by_mouse(page: Page, thing: Locator, step: Step) -> int:
    if step.role == "combobox":
        await thing.select_option(label=step.put)
        return 1
    is_there = step.role in TYPED and await thing.evaluate(FOCUSED)
    if not is_there:
        await thing.click()
    if step.put:
        await page.keyboard.press("Control+a")
        await page.keyboard.type(step.put)
    return int(not is_there)


async def by_keyboard(page: Page, thing: Locator, step: Step) -> int:
    await tab_to(page, thing)
    if step.role == "combobox":
        await choose(page, thing, step.put)
        return 1
    if step.role in TYPED:
        await page.keyboard.press("Control+a")
        await page.keyboard.type(step.put)
        return 0
    await page.keyboard.press("Space" if step.role == "checkbox" else "Enter")
    return 1


async def tab_to(page: Page, thing: Locator) -> None:
    """Press Tab until the focus is there: once for each stop on the way, then with a look each time."""
    for _ in range(await thing.evaluate(AHEAD)):
        await page.keyboard.press("Tab")
    for _ in range(MOST_STOPS):
        if await thing.evaluate(FOCUSED):
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


def thing_of(page: Page, step: Step) -> Locator:
    if step.role == "summary":
        return page.locator("summary:visible", has_text=step.name).first
    if step.role == "file":
        return page.get_by_label(step.name)
    if step.role == "link":
        # A view has the number of its rows beside its name.
        return page.get_by_role("link", name=re.compile(rf"^\s*{re.escape(step.name)}\s*\d*$")).first
    # The name of a field has its hint in it.
    exact = step.role == "button"
    return page.get_by_role(step.role, name=step.name, exact=exact).first  # type: ignore[arg-type]


async def do(act: Act, step: Step, page: Page) -> int:
    """Take a step; return how many clicks it was."""
    thing = thing_of(page, step)
    if step.role == "file":
        async with page.expect_file_chooser() as choosing:
            clicks = await act(page, thing, replace(step, put=""))
        await (await choosing.value).set_files(step.put)
        return clicks
    if not step.says:
        return await act(page, thing, step)
    async with page.expect_navigation():
        clicks = await act(page, thing, step)
    said = await page.locator("main").inner_text()
    assert step.says in said, f"after {step.role} {step.name!r}: {said}"
    return clicks


HANDS: Final[Mapping[str, tuple[Act, bool, tuple[Job, ...]]]] = {
    "mouse": (by_mouse, True, DAY),
    "keyboard": (by_keyboard, True, DAY),
    "mouse, no scripts": (by_mouse, False, DAY),
}
"""
Name → how steps are taken, whether scripts run, and which jobs are done.

The mouse with scripts is long: what it presses the mouse without them presses, and what scripts do the
keyboard sees.
"""


@dataclass
class Operator:
    """Somebody at a browser, who uses it in one way; `put` has what is known only today, by its word."""

    browser: Browser
    act: Act
    scripts: bool
    put: Mapping[str, str] = field(default_factory=dict)

    async def takes(self, *steps: Step) -> int:
        """Take these steps, and judge each page that they lead to; return how many clicks they were."""
        clicks = 0
        for step in steps:
            put = self.put.get(step.put, step.put)
            clicks += await self.browser.act(partial(do, self.act, replace(step, put=put)))
            if step.says and self.scripts:
                where = f"after {step.role} {step.name!r}: {step.says}"
                assert not await judged_once(self.browser, where), where
        return clicks


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "hand", ["keyboard", "mouse, no scripts", pytest.param("mouse", marks=pytest.mark.chaos)]
)
async def test_day_is_walked_from_the_sign_in_to_the_sign_out(
    chromium: Chromium, servers: Servers, tmp_path: Path, hand: str
) -> None:
    act, scripts, jobs = HANDS[hand]
    await asyncio.to_thread((tmp_path / "vecinos.csv").write_bytes, sheet())
    async with console_hub(servers) as hub, open_browser(chromium, scripts=scripts) as browser:
        await morning(hub)
        marta = Operator(browser, act, scripts, {"SHEET": str(tmp_path / "vecinos.csv")})
        await browser.go(hub.url)
        await marta.takes(*SIGN_IN)
        await circular_appears(hub, browser, scripts=scripts)
        clicks = {}
        for job in jobs:
            clicks[job.name] = await marta.takes(*job.steps)
            if job is IMPORT:
                await sheet_is_written(hub, marta)
        await marta.takes(LEAVE)

        assert [] == [name for name, count in clicks.items() if count > MOST_CLICKS], clicks
        await everything_was_done(hub)
        # The sign-in form is the answer to a stranger, and Chromium notes its status.
        assert [] == [one for one in browser.complaints if "401 (Unauthorized)" not in str(one)]


async def circular_appears(hub: ConsoleHub, browser: Browser, *, scripts: bool) -> None:
    """Let a circular be refused; a page that is open says so without a reload, where scripts run."""
    if scripts:
        await browser.until("document.getElementById('pulse').textContent === 'Se actualiza sola'")
        await browser.run("window.here = true")
    await circular_is_refused(hub)
    if scripts:
        await browser.until("document.getElementById('bad').innerText.includes('4 avisos rechazados')")
        assert await browser.run("window.here")


async def sheet_is_written(hub: ConsoleHub, marta: Operator) -> None:
    """Let the timers write the sheet: the open page says so; without scripts a sixth click asks it again."""
    await worked(hub.database)
    if marta.scripts:
        await marta.browser.until("document.getElementById('progress').innerText.includes('Se aplicaron')")
    else:
        await marta.takes(Step("link", "Actualizar", says="Se aplicaron"))


async def everything_was_done(hub: ConsoleHub) -> None:
    """Check what the day has left: in the broker, and in the database."""
    sent = {(event.name, str(event.data.get("how", ""))): event.data for event in await published(hub)}
    assert set(SENT) == set(sent)
    assert SENT == {key: {name: sent[key].get(name) for name in fields} for key, fields in SENT.items()}
    told = await hub.database.rows("SELECT DISTINCT action FROM audit WHERE who = 'account:marta'")
    assert {row["action"] for row in told} >= NOTED
    [ines] = await hub.database.rows("SELECT contact_points::text FROM person WHERE name = 'Inés Ávila'")
    assert ("3009876543" in ines[0], "3001234567" in ines[0]) == (True, False)
    [row] = await hub.database.rows("SELECT count(*) FROM person WHERE name LIKE 'Vecina Número%'")
    assert NEIGHBOURS == row[0]
    [task] = await hub.database.rows("SELECT assignee FROM case_task WHERE case_key = $1", HERS)
    assert "account:luz.mora" == task["assignee"]
    [view] = await hub.database.rows("SELECT name, query FROM saved_view")
    assert ("Para repartir", {"view": "unowned"}) == (view["name"], view["query"])
    assert not await hub.database.rows(
        "SELECT FROM session JOIN account ON account.id = account_id WHERE account.name = 'marta'"
    )
