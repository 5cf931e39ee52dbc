"""Every page of the console: by axe-core, by keyboard, light and dark, wide and narrow, without scripts."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import Final

import pytest
from aiohttp import hdrs

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
from tests.integration.public_pages import MAIL_PAGES, PAGES, STORED_PAGES
from tests.integration.usable import keyboard, too_wide, tree
from tests.servers import Servers

SAID: Final = """
(() => {
  const beside = document.querySelectorAll('time small, #pulse');
  beside.forEach(one => { one.style.display = 'none' });
  const text = document.querySelector('main').innerText;
  beside.forEach(one => { one.style.display = '' });
  return text;
})()
"""
"""The words of the page below `main`, without those that scripts put beside it."""
CHANGES: Final = ("audit", "audit-person", "own-second-factor")
"""Pages with other words at each look, such as the list of looks: only their title is compared."""
OPEN: Final = "document.querySelectorAll('details').forEach(one => { one.open = true })"
"""Folded parts belong to the page, too."""
NO_PAGES: Final = {
    "/dead/discard",
    "/live",
    "/messages/{id}/html",
    "/templates/{event}/html",
    "/templates/{event}/pdf",
}
"""A stream, a PDF, an old address that leads on, and the document in a frame of a page."""
OTHERS: Final = {**PAGES, **MAIL_PAGES, **STORED_PAGES}
UNKNOWN: Final = "case-unknown"
"""Its answer is a 404, which Chromium notes."""
LOOKS_NOTED: Final = "notas de quién vio los datos"
"""The rows of these looks that an erasure would count."""


async def judged(browser: Browser, plain: Browser, hub: ConsoleHub, name: str, path: str) -> str:
    """Return the faults of a page; `plain` has no scripts."""
    browser.complaints.clear()
    await hub.open(plain, path)
    without = await said(plain)
    await hub.open(browser, path)
    found = {"without scripts": unlike(name, without, await said(browser))}
    found["state"] = [] if SAYS.get(name, "") in "\n".join(without) else [f"it is not: {SAYS[name]}"]
    await browser.run(OPEN)
    found |= await open_page(browser, name)
    found["console"] = [str(one) for one in browser.complaints if name != UNKNOWN]
    return shown(found)


async def open_page(browser: Browser, name: str) -> dict[str, list[str]]:
    """Return the faults of the page that is open."""
    found = {"screen reader": await tree(browser, page=True), "keyboard": await keyboard(browser)}
    found |= await judged_looks(browser, name, whole=True)
    return {**found, "size": await too_wide(browser)}


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


@pytest.mark.timeout(300)
@pytest.mark.parametrize("section", SECTIONS)
async def test_pages_are_for_everybody_and_say_the_same_without_scripts(
    browser: Browser, chromium: Chromium, servers: Servers, section: str
) -> None:
    wrong: dict[str, str] = {}
    async with console_hub(servers) as hub, open_browser(chromium, scripts=False) as plain:
        for tab in (browser, plain):
            await hub.sign_in(tab)
        if section in PREPARED:
            await PREPARED[section](hub)
        for name, path in SECTIONS[section].items():
            if found := await judged(browser, plain, hub, name, path):
                wrong[name] = found

    assert not wrong, "\n\n".join(f"{name}:\n{found}" for name, found in wrong.items())


async def said(browser: Browser) -> list[str]:
    """Return the lines of a page that are the same at each look."""
    lines = str(await browser.run(SAID)).split("\n")
    return [line for line in lines if line and LOOKS_NOTED not in line]


def unlike(name: str, without: list[str], with_scripts: list[str]) -> list[str]:
    """Return what a page does not say without scripts, or says then alone."""
    if not without:
        return ["it says nothing"]
    if name in CHANGES:
        return [] if without[0] == with_scripts[0] else [without[0]]
    return list(unified_diff(with_scripts, without, "with scripts", "without", n=0, lineterm=""))
