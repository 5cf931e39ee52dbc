"""A call noted at the page: by mouse, by keyboard alone, on a telephone without scripts; in ten clicks."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

import pytest
from playwright.async_api import Locator, Page

from tests.integration.chromium import Browser, Chromium, open_browser
from tests.integration.console_day import morning
from tests.integration.console_hub import ConsoleHub
from tests.integration.test_web_compose import pressed
from tests.integration.test_web_console_casework import published
from tests.integration.test_web_console_day import (
    SIGN_IN,
    Act,
    Job,
    Operator,
    Step,
    by_keyboard,
    by_mouse,
    tab_to,
)

MOST_CLICKS: Final = 10
SAID: Final = "La gotera del parqueadero sigue igual."
OPEN: Final = Step("link", "Registrar", says="El radicado sale al registrar")
WHO: Final = Step("searchbox", "Quién", "avila 302")
ABOUT: Final = (
    Step("radio", "Se queja de una persona"),
    Step("textbox", "Qué dijo", SAID),
)
ALIKE: Final = "Gotera en el parqueadero"
SEND: Final = Step("button", "Registrar", says="Quedó registrado")


async def by_keys(page: Page, thing: Locator, step: Step) -> int:
    """Tab leads to a group of radio buttons, arrows to one of them."""
    if step.role != "radio":
        return await by_keyboard(page, thing, step)
    await tab_to(page, page.locator(f"[name='{await thing.get_attribute('name')}']").first)
    await page.keyboard.press("Space")
    while not await thing.is_checked():
        await page.keyboard.press("ArrowDown")
    return 1


TYPED: Final = Job("a call, found while typing", (OPEN, WHO, Step("radio", "Inés Ávila"), *ABOUT))
PRESSED: Final = Job(
    "a call, found by a button",
    (OPEN, WHO, *ABOUT, Step("button", "Encontrar", says="Inés Ávila"), Step("radio", "Inés Ávila")),
)
HANDS: Final[Mapping[str, tuple[Act, bool, int, Job]]] = {
    "mouse": (by_mouse, True, 1280, TYPED),
    "keyboard": (by_keys, True, 1280, TYPED),
    "mouse at 360 px, no scripts": (by_mouse, False, 360, PRESSED),
}


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_call_is_noted_in_at_most_ten_clicks(chromium: Chromium, hub: ConsoleHub) -> None:
    await morning(hub)
    for hand in HANDS:
        await noted(hub, chromium, hand)
    shown = await joined(hub)
    said = [event.data for event in await published(hub) if event.name == "pqrs.received"]

    assert f"<p>Qué dijo: {SAID}</p>" in shown
    # Each of them has a number of its own, in the building of who has called.
    assert [1, 2, 3] == [int(data["radicado"].rpartition("-")[2]) for data in said]
    assert {("queja", SAID, hub.more["PLACE"])} == {
        (data["kind"], data["subject"], data["copropiedad_id"]) for data in said
    }


async def joined(hub: ConsoleHub) -> str:
    """Add to the first case that may be the same what is in the form; return the page that follows."""
    cookies = dict(await hub.cookies_of(hub.account))
    typed = f"kind=pqrs&copropiedad={hub.more['PLACE']}&data.subject={SAID}"
    alike = await pressed(hub, cookies, "/registrations", f"{typed}&step=alike")
    [case, *_] = re.findall(r'name="join" value="([^"]+)"', alike.text)
    answer = await pressed(hub, cookies, "/registrations", f"{typed}&join={case}")
    page = await hub.hub.send("GET", answer.headers["Location"], cookies, at="console")
    return page.text


async def noted(hub: ConsoleHub, chromium: Chromium, hand: str) -> None:
    act, scripts, width, job = HANDS[hand]
    async with open_browser(chromium, scripts=scripts) as browser:
        marta = Operator(browser, act, scripts)
        await browser.go(hub.url, width=width)
        await marta.takes(*SIGN_IN)
        clicks = 0
        for step in job.steps:
            clicks += await marta.takes(step)
        if scripts:
            await browser.until(f"document.getElementById('alike').innerText.includes('{ALIKE}')")
        await is_within(browser)
        clicks += await marta.takes(SEND)

        assert clicks <= MOST_CLICKS, hand
        # The sign-in form is the answer to a stranger, and Chromium notes its status.
        assert [] == [one for one in browser.complaints if "401 (Unauthorized)" not in str(one)]


async def is_within(browser: Browser) -> None:
    """Nothing is wider than the page."""
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert await browser.act(partial(lambda page: page.evaluate(wide)))
