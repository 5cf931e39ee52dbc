"""The page of a case in a real browser: on a small screen, without JavaScript."""

from __future__ import annotations

from hub.storage import Database
from tests.integration.chromium import Browser
from tests.integration.test_web_cases import fill
from tests.integration.web_doubles import World, browsing

WIDE = "document.documentElement.scrollWidth"


async def test_page_fits_a_small_screen(browser: Browser, opened: Database) -> None:
    await fill(opened)
    async with browsing(World(database=opened)) as client:
        await browser.go(str(client.make_url("/cases/PQ-2026-000901?whole=true")), width=320)
        await browser.until("document.readyState === 'complete'")  # without its style it is wider
        entries = await browser.until("document.querySelectorAll('.thread .entry').length")
        width = await browser.run(WIDE)
        await browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        opened_width = await browser.run(WIDE)
        text = await browser.run("document.querySelector('main').innerText")
        await browser.go("about:blank")  # its stream ends, or the server would wait for it

    assert 4 == entries
    assert (320, 320) == (width, opened_width)
    assert "No es lo que salió: así lo dirían los textos de hoy" in text
    assert [] == browser.complaints
