"""Every page of residents and the public by axe-core: nothing is wrong, in the light, in the dark, on any screen."""

from __future__ import annotations

import pytest

from tests.integration.axe import faults, shown
from tests.integration.chromium import Browser
from tests.integration.public_pages import LOOKS, MAIL_PAGES, PAGES, STORED_PAGES, Opened, dress


async def judged(browser: Browser, page: Opened) -> str:
    """Return what axe-core finds wrong in any look of the page."""
    found: dict[str, list[str]] = {}
    async with page:
        for scheme, width in LOOKS:
            await dress(browser, scheme, width)
            found[f"{scheme}, {width} px"] = await faults(browser)
    return shown(found)


@pytest.mark.parametrize("page", [*PAGES, *MAIL_PAGES])
async def test_axe_finds_nothing(browser: Browser, page: str) -> None:
    told = await judged(browser, {**PAGES, **MAIL_PAGES}[page](browser))

    assert told == ""


@pytest.mark.parametrize("page", STORED_PAGES)
async def test_axe_finds_nothing_in_what_is_stored(browser: Browser, database: str, page: str) -> None:
    told = await judged(browser, STORED_PAGES[page](browser, database))

    assert told == ""
