"""Person at a page of the console in a browser: reads, fills in, presses, waits for the next page."""

import json
from typing import Final

from tests.integration.chromium import Browser

MAIN: Final = "document.querySelector('main').innerText"


async def main_text(browser: Browser) -> str:
    return str(await browser.run(MAIN))


async def fill(browser: Browser, form: str, **fields: str) -> None:
    """Write into the fields of a form; `1` ticks a box."""
    for name, value in fields.items():
        field = f"document.querySelector({json.dumps(f'{form} [name={name}]')})"
        written = f"{field}.value = {json.dumps(value)}"
        await browser.run(f"{field}.type === 'checkbox' ? {field}.checked = true : {written}")


async def click(browser: Browser, selector: str) -> None:
    """Click what this selects, and wait for the page that it leads to."""
    await _lead_on(browser, f"document.querySelector({json.dumps(selector)})")


async def press(browser: Browser, words: str, says: str = "") -> None:
    """Press the button or the link with these words, and wait until the next page says something."""
    found = _among("main button, main a", f"item.innerText.trim() === {json.dumps(words)}")
    await _lead_on(browser, found, f" && {MAIN}.includes({json.dumps(says)})")


async def open_link(browser: Browser, words: str) -> None:
    """Follow the first link that has these words."""
    await _lead_on(browser, _among("main a", f"item.innerText.includes({json.dumps(words)})"))


def _among(selector: str, condition: str) -> str:
    return f"[...document.querySelectorAll('{selector}')].find(item => {condition})"


async def _lead_on(browser: Browser, element: str, condition: str = "") -> None:
    await browser.until(f"Boolean({element})")
    await browser.run(f"window.before = true; {element}.click()")
    await browser.until(f"!window.before && document.readyState === 'complete'{condition}")
