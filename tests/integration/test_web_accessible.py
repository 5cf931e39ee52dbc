"""Every page of residents and the public: by axe-core, by keyboard, enlarged, as a screen reader has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.integration import axe
from tests.integration.axe import faults, shown
from tests.integration.chromium import Browser, Chromium, open_browser
from tests.integration.judged import shape_of
from tests.integration.looks import NARROW, WIDE, dress, judged_looks
from tests.integration.public_pages import MAIL_PAGES, PAGES, STORED_PAGES, Opened
from tests.integration.usable import too_wide

ROOT = ":root"
EDGES: Final = """
new Set([...document.querySelectorAll('header p, main h1, footer p')].map(
  one => Math.round(one.getBoundingClientRect().left))).size
"""
"""At how many edges the head, the page and what stands below it begin."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(chromium: Chromium) -> AsyncIterator[Browser]:
    async with open_browser(chromium) as opened:
        yield opened


@pytest.fixture
async def browser(tab: Browser) -> Browser:
    """The tab as it was at first: each test has a server, and so an origin, of its own."""
    await tab.call("Network.clearBrowserCookies")
    await tab.call("Emulation.setEmulatedMedia", media="", features=[])
    tab.complaints.clear()
    return tab


async def judged(browser: Browser, name: str, page: Opened, part: str = ROOT) -> str:
    """Return the faults: for axe-core in any look, in any size, for the keyboard, for a screen reader."""
    async with page:
        # A mail has more than colours of its own in the dark, such as the room about a logo.
        found = await judged_looks(browser, name, part, coloured=part == ROOT)
        found["size"] = await too_wide(browser)
    return shown(found)


@pytest.mark.parametrize("page", PAGES)
async def test_page_is_for_everybody(browser: Browser, page: str) -> None:
    assert not await judged(browser, page, PAGES[page](browser))


@pytest.mark.parametrize("page", MAIL_PAGES)
async def test_mail_is_for_everybody(browser: Browser, page: str) -> None:
    # A mail is shown inside a page of its reader: that page has the landmarks and the first heading.
    assert not await judged(browser, page, MAIL_PAGES[page](browser), part=".fondo")


async def test_head_of_a_resident_page_begins_where_the_page_does(browser: Browser) -> None:
    async with PAGES["message"](browser):
        for width in (NARROW, WIDE):
            await dress(browser, "light", width)
            assert 1 == await browser.run(EDGES)


async def test_axe_is_asked_in_earnest(browser: Browser) -> None:
    async with PAGES["code-wrong"](browser):
        await browser.run("document.querySelector('label').remove()")
        await browser.run("document.querySelector('h1').style.color = '#999'")
        told = await faults(browser)

    assert 2 <= len(told)
    assert {"label", "color-contrast"} <= {fault.split()[1] for fault in told}


async def test_page_is_judged_again_once_its_shape_or_its_styles_differ(browser: Browser) -> None:
    async with PAGES["code-wrong"](browser):
        shape = await shape_of(browser, ROOT)
        await browser.run("document.querySelector('label').innerText = 'Otra palabra'")
        other_words = await shape_of(browser, ROOT)
        await browser.run("document.querySelector('h1').style.color = '#999'")
        other_colour = await shape_of(browser, ROOT)
        await browser.run("document.querySelector('label').innerText = ''")
        no_name = await shape_of(browser, ROOT)
        await browser.run("document.querySelector('style').textContent += 'h1 { color: #999 }'")

        assert shape == other_words
        assert 4 == len({shape, other_colour, no_name, await shape_of(browser, ROOT)})


@pytest.mark.parametrize("page", STORED_PAGES)
async def test_page_of_what_is_stored_is_for_everybody(browser: Browser, database: str, page: str) -> None:
    assert not await judged(browser, page, STORED_PAGES[page](browser, database))


def test_missing_axe_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(axe, "PLACE", tmp_path / "none")
    axe.script.cache_clear()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="npm ci"):
        axe.script()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="npm ci"):
        axe.script()
