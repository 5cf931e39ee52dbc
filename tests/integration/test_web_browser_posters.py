"""The page behind the code of a poster in a real browser: on a small screen, without scripts, legible."""

from __future__ import annotations

from typing import Final

import pytest

from hub.storage import Database
from tests.integration.chromium import Browser
from tests.integration.test_web_browser_sign_in import photo
from tests.integration.test_web_browser_survey import CONTRASTS, LEAST, NARROW
from tests.integration.test_web_posters import announced, ask, cancelled, path_of, works, world
from tests.integration.web_doubles import World, browsing

__all__ = ["world"]

OF_PAGE: Final = CONTRASTS.replace("main, main *", "body, body *")


@pytest.mark.parametrize("holds", [True, False], ids=["holds", "over"])
async def test_page_fits_a_small_screen_and_is_legible(
    browser: Browser, world: World, opened: Database, *, holds: bool
) -> None:
    poster = await announced(opened, works())
    await ask(world, f"/api/posters/{poster}")
    if not holds:
        await cancelled(opened)
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(path_of(poster))), width=NARROW)
        said = await browser.until("document.querySelector('[role=status]')?.innerText")
        await photo(browser, f"poster-{holds}")
        wide = await browser.run("document.documentElement.scrollWidth")
        contrasts = await browser.run(OF_PAGE)
        code = await browser.run("getComputedStyle(document.querySelector('.qr')).display")

    assert ("ya no está vigente" in said) is not holds
    assert NARROW == wide
    assert LEAST <= min(contrasts)
    assert "none" == code
    assert [] == browser.complaints
