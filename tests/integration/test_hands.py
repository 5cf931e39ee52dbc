"""
Hands of somebody who has never seen it: a circular to one building, until it leaves.

Nothing is done behind the page's back. Each walk is counted in clicks (a click into a field that has not the
focus, Enter and a choice are one each; typing is none) and in seconds.
"""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pytest
import pytest_asyncio

from hub.model import EVERYWHERE, Account, Grant, Office
from tests.contract.stores import open_stores
from tests.contract.values import membership, person, unit
from tests.integration.chromium import Chromium, open_browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.judged import judged_once
from tests.integration.test_web_console_day import Act, Operator, Step, by_keyboard, by_mouse
from tests.servers import Servers
from tests.unit.factories import event

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
SECONDS: Final = 120
NEIGHBOURS: Final = 3
PLACE: Final = "ph-altos"
CIRCULAR: Final = (
    Step("link", "Comunicar", says="¿Qué quiere comunicar?"),
    Step("button", "Circular", says="A quién"),
    Step("textbox", "Título", "Lavado del tanque"),
    Step("textbox", "Texto", "El **jueves** lavamos el tanque. No habrá agua de 8 a 11."),
    Step("checkbox", "Altos"),
    Step("button", "Ver cómo llega", says="3 personas"),
    Step("button", "Enviar a 3 personas", says="¿Enviar «Lavado del tanque» a 3 personas?"),
    Step("button", "Enviar a 3 personas", says="Va saliendo"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A way to use a page: how a step is taken, the CSS pixels of the screen, and whether scripts run."""

    act: Act
    width: int = 1280
    scripts: bool = True
    judged: bool = False
    """Whether axe judges each page; `console_pages.py` has those that can be opened by their address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What somebody wants done: the steps from *Hoy*, and how many clicks they may take."""

    steps: Sequence[Step]
    most: int


HANDS: Final[Mapping[str, Hand]] = {
    "mouse": Hand(act=by_mouse, judged=True),
    "keyboard": Hand(act=by_keyboard),
    "360 px": Hand(act=by_mouse, width=360),
    "no scripts": Hand(act=by_mouse, scripts=False),
}
WALKS: Final[Mapping[str, Walk]] = {"circular": Walk(steps=CIRCULAR, most=12)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """A hub with a third building, of three neighbours."""
    async with console_hub(servers) as made:
        directory = [event("directory.copropiedad.upserted", {"copropiedad_id": PLACE, "name": "Altos"})]
        for number in range(NEIGHBOURS):
            ref = f"p-altos-{number}"
            directory += [
                unit(f"u-{ref}", PLACE, label=str(number)),
                person(ref),
                membership(ref, f"unit:u-{ref}", "owner"),
            ]
        async with open_stores(made.hub.database_url) as stores, stores.intake.transaction() as transaction:
            await transaction.apply_directory(directory)
        yield made


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize("way", HANDS)
async def test_walk_is_short_with_any_hand(hub: ConsoleHub, chromium: Chromium, way: str, name: str) -> None:
    hand, walk = HANDS[way], WALKS[name]
    async with open_browser(chromium, scripts=hand.scripts) as browser:
        await hub.sign_in(browser, await _laura(hub, way))
        await hub.open(browser, "/", width=hand.width)
        laura = Operator(browser, hand.act, scripts=False)
        clicks, took = 0, 0.0
        for step in walk.steps:
            began = time.monotonic()
            clicks += await laura.takes(step)
            took += time.monotonic() - began
            if step.says and hand.judged:
                # What is stuck to the edge of the screen covers what lies behind it, and nothing at the top.
                await browser.run("scrollTo(0, 0)")
                assert not await judged_once(browser, step.says)

        assert clicks <= walk.most
        assert took < SECONDS
        assert [] == browser.complaints


async def test_each_walk_has_left_what_it_was_for(hub: ConsoleHub) -> None:
    rows = await hub.database.rows(
        "SELECT title, state, places FROM communication WHERE state <> 'draft' ORDER BY made_at"
    )

    assert [("Lavado del tanque", "running", [PLACE])] * len(HANDS) == [tuple(row) for row in rows]


async def _laura(hub: ConsoleHub, way: str) -> Account:
    grant = Grant(office=Office.OPERATOR, copropiedad_id=EVERYWHERE)
    return await hub.registry.account(f"laura-{way.replace(' ', '-')}", grant)
