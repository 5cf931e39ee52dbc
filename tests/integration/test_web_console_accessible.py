"""Every page of the console: by axe-core, by keyboard, light and dark, wide and narrow, without scripts."""

from __future__ import annotations

import asyncio

import pytest

from tests.integration.axe import faults, shown
from tests.integration.chromium import PATIENCE, Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_pages import SECTIONS
from tests.integration.public_pages import LOOKS, dress
from tests.integration.usable import keyboard, too_wide, tree
from tests.servers import Servers


async def judged(browser: Browser, hub: ConsoleHub, path: str) -> str:
    """Return what is wrong with a page."""
    await hub.open(browser, path)
    found = {"screen reader": await tree(browser, page=True), "keyboard": await keyboard(browser)}
    for scheme, width in LOOKS:
        await dress(browser, scheme, width)
        found[f"axe, {scheme}, {width} px"] = await faults(browser)
    found["size"] = await too_wide(browser)
    found["console"] = [str(complaint) for complaint in browser.complaints]
    return shown(found)


@pytest.mark.parametrize("section", SECTIONS)
async def test_pages_are_for_everybody(browser: Browser, servers: Servers, section: str) -> None:
    wrong: dict[str, str] = {}
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        for name, path in SECTIONS[section].items():
            if found := await judged(browser, hub, path):
                wrong[name] = found

    assert not wrong, "\n\n".join(f"{name}:\n{found}" for name, found in wrong.items())


@pytest.mark.parametrize("section", SECTIONS)
async def test_pages_say_the_same_without_scripts(browser: Browser, servers: Servers, section: str) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await browser.call("Emulation.setScriptExecutionDisabled", value=True)
        for path in SECTIONS[section].values():
            await browser.go(hub.url + hub.path(path))
            text = await until_read(browser, "Ahora")
            assert len(text) > 200, path


async def until_read(browser: Browser, words: str) -> str:
    """Wait until the page has these words: before its style sheet is there, its sections are closed."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if words in (text := await _words(browser)):
                return text
            await asyncio.sleep(0.05)


async def _words(browser: Browser) -> str:
    """Return what a screen reader has of the page: with scripts off nothing can be asked of its document."""
    await browser.call("Accessibility.enable")
    nodes = (await browser.call("Accessibility.getFullAXTree"))["nodes"]
    return " ".join(str(node.get("name", {}).get("value", "")) for node in nodes)
