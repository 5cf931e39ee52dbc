"""
Every page of the console: by axe-core, by keyboard, light and dark, wide and narrow, without scripts.

A page is loaded once. What it says without scripts is what it says as it arrives, before one has run.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from aiohttp import hdrs

import hub as hub_package
from hub.desk.nouns import NOUNS
from hub.doors.console import pages_of
from hub.web.console.routes import CONSOLE
from hub.web.routes import _OWN
from tests.integration.axe import shown
from tests.integration.chromium import Browser, Chromium, open_browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_pages import SECTIONS
from tests.integration.console_states import PREPARED, SAYS
from tests.integration.looks import judged_looks
from tests.integration.measured import measured
from tests.integration.public_pages import MAIL_PAGES, PAGES, STORED_PAGES
from tests.integration.usable import too_wide
from tests.servers import Servers

AROUND: Final = """
[document.documentElement, document.body].map(one => one.className + one.style.cssText).join('')
"""
"""What styles find about `main`, and scripts could put there."""
ARRIVED: Final = f"""
document.addEventListener('readystatechange', () => {{
  const main = document.querySelector('main');
  window.arrived ??= main && {{ main: main.cloneNode(true), around: {AROUND.strip()} }};
}});
window.fetches = 0;
const asks = window.fetch;
window.fetch = (...given) => {{ window.fetches += 1; return asks(...given) }};
"""
"""
Keeps the page as it arrives: this state changes first when all is read and no module has run. Counts what
modules fetch.
"""
SAME: Final = f"window.arrived.around === {AROUND.strip()}"
PUT_BACK: Final = "document.querySelector('main').replaceWith(window.arrived.main)"
SAID: Final = """
(() => {
  const beside = document.querySelectorAll('#pulse, .tools, .as-read');
  beside.forEach(one => { one.style.display = 'none' });
  const text = document.querySelector('main').innerText;
  beside.forEach(one => { one.removeAttribute('style') });
  return text;
})()
"""
"""The words of the page below `main`, without those that scripts put beside it."""
NOSCRIPT: Final = "document.querySelector('noscript') !== null"
OPEN: Final = "document.querySelectorAll('details').forEach(one => { one.open = true })"
"""Folded parts belong to the page, too."""
NO_PAGES: Final = {
    "/clocks",
    "/communications/{id}/look",
    "/dead/discard",
    "/files/{id}/{place}",
    "/live",
    "/communications/{id}/document",
    "/messages/{id}/html",
    "/replies",
    "/templates/{event}/html",
    "/templates/{event}/pdf",
}
"""A stream, downloads, old addresses that lead on, and the document in a frame of a page."""
TOGETHER: Final = pytest.mark.asyncio(loop_scope="module")
"""In the loop of the hub that these tests read."""
OTHERS: Final = {**PAGES, **MAIL_PAGES, **STORED_PAGES}
UNKNOWN: Final = "case-unknown"
"""Its answer is a 404, which Chromium notes."""


async def judged(browser: Browser, hub: ConsoleHub, name: str, path: str) -> str:
    """Return the faults of a page, in a tab of `reader`."""
    browser.complaints.clear()
    await hub.open(browser, path)
    with_scripts = await said(browser)
    found = {"scripts": await unseen(browser)}
    found["state"] = [] if SAYS.get(name, "") in "\n".join(with_scripts) else [f"it is not: {SAYS[name]}"]
    await browser.run(OPEN)
    found |= await open_page(browser, name)
    await browser.run(PUT_BACK)
    found["without scripts"] = unlike(await said(browser), with_scripts)
    found["console"] = [str(one) for one in browser.complaints if name != UNKNOWN]
    return shown(found)


async def unseen(browser: Browser) -> list[str]:
    """Return why the page without scripts may not be the one that arrived."""
    told = [] if await browser.run(SAME) else ["they change what is about `main`"]
    return told + (["`noscript` is shown without them alone"] if await browser.run(NOSCRIPT) else [])


async def open_page(browser: Browser, name: str) -> dict[str, list[str]]:
    """Return the faults of the page that is open."""
    found = await judged_looks(browser, name, whole=True)
    return {**found, "size": await too_wide(browser), "measures": await measured(browser)}


def test_every_page_has_a_line() -> None:
    desk = (page for noun in NOUNS for page in pages_of(noun))
    routes = [route for route in (*CONSOLE, *_OWN, *desk) if route.method == hdrs.METH_GET]
    names = [name for pages in SECTIONS.values() for name in pages]
    paths = [path.partition("?")[0] for pages in SECTIONS.values() for path in pages.values()]
    without = {
        route.path
        for route in routes
        if not any(re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), path) for path in paths)
    }

    # The question before an act of the desk is one template; a line tries it.
    questions = {act.address for noun in NOUNS for act in noun.acts if act.asks is not None}

    assert without - questions == NO_PAGES
    assert questions - without
    # A picture has the name of its page.
    assert len({*names, *PAGES, *MAIL_PAGES, *STORED_PAGES}) == len(names) + len(PAGES) + len(
        MAIL_PAGES
    ) + len(STORED_PAGES)


@asynccontextmanager
async def reader(chromium: Chromium, hub: ConsoleHub) -> AsyncIterator[Browser]:
    """Open a tab of somebody who has signed in; it keeps each page as it arrives."""
    async with open_browser(chromium) as browser:
        await hub.sign_in(browser)
        await browser.call("Page.addScriptToEvaluateOnNewDocument", source=ARRIVED)
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """A hub whose pages are only read."""
    async with console_hub(servers) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(chromium: Chromium, hub: ConsoleHub) -> AsyncIterator[Browser]:
    async with reader(chromium, hub) as opened:
        yield opened


@TOGETHER
@pytest.mark.timeout(300)
@pytest.mark.parametrize("section", [section for section in SECTIONS if section not in PREPARED])
async def test_pages_are_for_everybody_and_say_the_same_without_scripts(
    hub: ConsoleHub, tab: Browser, section: str
) -> None:
    assert not await all_judged(tab, hub, section)


@TOGETHER
async def test_page_is_kept_as_it_arrives(hub: ConsoleHub, tab: Browser) -> None:
    await hub.open(tab, "/messages")

    assert await tab.run("document.querySelector('main #pulse').hidden") is False
    assert await tab.run("window.arrived.main.querySelector('#pulse').hidden")


@TOGETHER
async def test_page_that_shows_what_is_live_is_loaded_once(hub: ConsoleHub, tab: Browser) -> None:
    await hub.open(tab, "/messages")
    await tab.until("document.querySelector('#pulse').textContent === 'Se actualiza sola'")

    assert 0 == await tab.run("window.fetches")


def test_styles_show_nothing_to_those_without_scripts_alone() -> None:
    files = (
        file for kind in ("css", "html") for file in Path(hub_package.__file__).parent.rglob(f"*.{kind}")
    )
    asking = [line for file in files for line in file.read_text().splitlines() if "scripting:" in line]

    assert ["@media (scripting: none) { .search kbd { display: none } }"] == asking


async def all_judged(browser: Browser, hub: ConsoleHub, section: str) -> str:
    """Return the faults of the pages of a section."""
    found = {name: await judged(browser, hub, name, path) for name, path in SECTIONS[section].items()}
    return "\n\n".join(f"{name}:\n{wrong}" for name, wrong in found.items() if wrong)


async def said(browser: Browser) -> list[str]:
    """Return the lines of a page."""
    return [line for line in str(await browser.run(SAID)).split("\n") if line]


def unlike(without: list[str], with_scripts: list[str]) -> list[str]:
    """Return what a page does not say without scripts, or says then alone."""
    if not without:
        return ["it says nothing"]
    return list(unified_diff(with_scripts, without, "with scripts", "without", n=0, lineterm=""))
