"""
Take the pictures of docs/communicate.md, of a hub that `scripts/run` has started here with its demonstration.

    .venv/bin/python scripts/communicate_pictures.py [FOLDER]

A circular as it is written, as it will arrive, and once it has left; a call that is registered. It really
sends the circular, to the demonstration's people: a second time it is a repetition, which the hub cancels.
Into docs/communicate. Needs Chromium.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.console_pictures import go, photos
from scripts.readme_pictures import settings
from tests.integration.chromium import Browser, open_browser, running_chromium
from tests.integration.looks import WIDE

ROOT: Final = Path(__file__).parents[1]
TITLE: Final = "Lavado del tanque el jueves"
TEXT: Final = "El **jueves** lavamos el tanque: no habrá agua en la mañana.\n\n* Recojan agua el miércoles."
LOOKS: Final = [("light", WIDE)]
ONLY_LOOKS: Final = """
(() => {
  const looks = document.querySelector('.looks');
  for (const one of document.querySelectorAll('main *'))
    if (!one.contains(looks) && !looks.contains(one)) one.style.display = 'none';
})()
"""
WHOLE_AGAIN: Final = "document.querySelectorAll('main *').forEach(one => { one.style.display = '' })"
IS_OUT: Final = "document.querySelector('main').innerText.includes('sin confirmar')"


async def begin(page: Page) -> None:
    await page.get_by_role("button", name="Circular").first.click()
    await page.get_by_role("textbox", name="Título").fill(TITLE)
    await page.get_by_role("textbox", name="Texto").fill(TEXT)
    await page.get_by_role("checkbox").first.check()


async def look(page: Page) -> None:
    await press(page, "Ver cómo llega")


async def send(page: Page) -> None:
    await press(page, "Enviar a")
    if await (named := page.get_by_role("textbox", name="Escriba")).count():
        await named.fill(await page.locator("form strong").first.inner_text())
    await press(page, "Enviar a")


async def press(page: Page, name: str) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name=name).last.click()


async def take(folder: Path) -> None:
    hub = f"http://{settings()['HUB_HTTP']}"
    with tempfile.TemporaryDirectory() as profile, running_chromium(Path(profile)) as chromium:
        async with open_browser(chromium) as tab:
            await go(tab, f"{hub}/communications/new")
            await tab.act(begin)
            await taken(tab, folder / "write")
            await tab.act(look)
            await tab.run(ONLY_LOOKS)
            await asyncio.sleep(1)  # the frames of the mail draw themselves
            await taken(tab, folder / "look")
            await tab.run(WHOLE_AGAIN)
            await tab.act(send)
            await tab.until(IS_OUT)
            await taken(tab, folder / "sent")
            await go(tab, f"{hub}/registrations/new")
            await taken(tab, folder / "register")


async def taken(tab: Browser, place: Path) -> None:
    await tab.until("document.readyState === 'complete'")
    await photos(tab, place, LOOKS)


def main(*given: str) -> None:
    folder = Path(given[0]) if given else ROOT / "docs/communicate"
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
