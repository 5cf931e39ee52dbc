"""Looks of a page, light and dark, narrow and wide; and how it is for a keyboard and a screen reader."""

from typing import Final

from tests.integration.axe import faults
from tests.integration.chromium import Browser
from tests.integration.judged import keep, shape_of, table
from tests.integration.usable import keyboard, tree

SCHEMES: Final = ("light", "dark")
NARROW, WIDE = 320, 1280
HEIGHTS: Final = {NARROW: 640, WIDE: 900}
LOOKS: Final = [(scheme, width) for width in (NARROW, WIDE) for scheme in SCHEMES]


async def judged_looks(
    browser: Browser, name: str, part: str = ":root", *, whole: bool = False, coloured: bool = True
) -> dict[str, list[str]]:
    """
    Return the faults of the open page: for a screen reader, for the keyboard, and in each of its looks by
    axe-core; none if it was judged in this shape.

    The dark has other colours and nothing else, as `test_styles.py` sees to: of it only the rules of
    colours are asked, unless `coloured` is false.
    """
    shape = await shape_of(browser, part)
    if table().get(name) == shape:
        return {}
    found = {
        "screen reader": await tree(browser, page=part == ":root"),
        "keyboard": await keyboard(browser),
    }
    for width in (NARROW, WIDE):
        await dress(browser, "light", width, whole=whole)
        found[f"axe, light, {width} px"] = await faults(browser, part)
        await _shade(browser, "dark")
        found[f"axe, dark, {width} px"] = await faults(browser, part, coloured=coloured)
    if not any(found.values()):
        keep(name, shape)
    return found


async def dress(browser: Browser, scheme: str, width: int, *, whole: bool = False) -> None:
    """
    Show the open page in the light or the dark, on a screen of this width.

    A `whole` page has a screen as high as it is: a bar that sticks to an edge then covers nothing.
    """
    await _screen(browser, width, HEIGHTS[width])
    if whole:
        await _screen(browser, width, await browser.run("document.documentElement.scrollHeight"))
    await _shade(browser, scheme)


async def _shade(browser: Browser, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    await browser.call("Emulation.setEmulatedMedia", media="screen", features=features)
    await browser.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def _screen(browser: Browser, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    await browser.call("Emulation.setDeviceMetricsOverride", **size)
