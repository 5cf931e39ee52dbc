"""The page of a case in a real browser: on a small screen, and linked from the live page."""

from __future__ import annotations

from hub.storage import Database
from tests.integration.chromium import Browser
from tests.integration.test_web_cases import CASE, fill
from tests.integration.web_doubles import World, browsing, clock_row

WIDE = "document.documentElement.scrollWidth"


async def test_page_fits_a_small_screen(browser: Browser, opened: Database) -> None:
    await fill(opened)
    async with browsing(World(database=opened)) as client:
        await browser.go(str(client.make_url("/cases/PQ-2026-000901?whole=true")), width=320)
        entries = await browser.until("document.querySelectorAll('.thread .entry').length")
        width = await browser.run(WIDE)
        await browser.run("document.querySelector('details').open = true")
        opened_width = await browser.run(WIDE)
        text = await browser.run("document.querySelector('main').innerText")
        await browser.go("about:blank")  # its stream ends, or the server would wait for it

    assert 4 == entries
    assert (320, 320) == (width, opened_width)
    assert "No es lo que salió: así lo dirían los textos de hoy" in text
    assert [] == browser.complaints


async def test_list_of_promises_leads_to_the_case(browser: Browser, opened: Database) -> None:
    await fill(opened)
    world = World(database=opened)
    world.log.clock_rows += [clock_row(case=CASE)]
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        await browser.until("!!document.querySelector('#columns th')")
        await browser.run("document.getElementById('tab-relojes').click()")
        link = await browser.until("document.querySelector('#rows a')?.href")
        await browser.go(link)
        heading = "document.querySelector('main h1')?.innerText"
        await browser.until(f"{heading}?.includes('PQRS')")
        title = await browser.run(heading)
        await browser.go("about:blank")

    assert "PQRS recibida PQ-2026-000901" == title
