"""The pages behind the links of mails, in a real browser: on a small and a large screen, light and dark."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from hub.model import Recall
from hub.storage import Database, PostgresIntake
from tests.contract.values import event, stored
from tests.integration.chromium import Browser
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_browser_sign_in import photo
from tests.integration.test_web_browser_survey import CONTRASTS, LEAST, NARROW
from tests.integration.test_web_document_links import SECRET, linked
from tests.integration.test_web_document_links import path as document
from tests.integration.test_web_unsubscribe import path as unsubscribe
from tests.integration.test_web_unsubscribe import surveyed
from tests.integration.web_doubles import NOON, World, browsing

WIDE = 1280
LOOKS = [(width, scheme) for width in (NARROW, WIDE) for scheme in ("light", "dark")]


async def require_legible(browser: Browser, name: str, width: int) -> None:
    """Require that the page fits the screen, and that all of it can be read and touched."""
    await browser.until("document.querySelector('main h1')?.innerText")
    await photo(browser, f"{name}-{width}")
    wide = await browser.run("document.documentElement.scrollWidth")
    contrasts = await browser.run(CONTRASTS)
    heights = await browser.run(
        "[...document.querySelectorAll('button')].map(one => one.getBoundingClientRect().height)"
    )

    assert width == wide
    assert contrasts
    assert LEAST <= min(contrasts)
    assert all(height >= 40 for height in heights)


async def look(browser: Browser, url: str, name: str) -> None:
    """Open a page in all looks."""
    for width, scheme in LOOKS:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await browser.call("Emulation.setEmulatedMedia", features=features)
        # So that the page before is not measured once more.
        await browser.run("window.before = true")
        await browser.go(url, width=width)
        await browser.until("window.before === undefined && document.readyState === 'complete'")
        await require_legible(browser, f"{name}-{scheme}", width)


@pytest.mark.parametrize("state", ["asked", "expired", "wrong"])
async def test_the_page_that_ends_mails_is_legible(browser: Browser, state: str) -> None:
    world, mail = surveyed()
    where = unsubscribe(mail)
    if state == "expired":
        world.ahead = timedelta(days=300)
    if state == "wrong":
        where = f"{where}0"
    async with browsing(world) as client:
        await look(browser, str(client.make_url(where)), f"unsubscribe-{state}")
        if state == "asked":
            await browser.run("document.querySelector('button').click()")
            done = await browser.until("document.querySelector('[role=status]')?.innerText")
            await require_legible(browser, "unsubscribe-done", WIDE)
            assert done.startswith("Listo")


@pytest.mark.parametrize("state", ["ended", "withdrawn", "wrong"])
async def test_the_page_of_a_document_that_is_not_given_is_legible(
    browser: Browser, opened: Database, state: str
) -> None:
    world = World(environ={**GUARDED, "HUB_SECRET": SECRET}, database=opened)
    of = stored(event("pqrs.responded"))
    message_id = await linked(opened, of=of)
    where = document(message_id, NOON) if state == "ended" else document(message_id)
    if state == "withdrawn":
        async with PostgresIntake(opened).transaction() as transaction:
            await transaction.recall([Recall(source=of.event.source, event_id=of.event.id, by=uuid4())])
    if state == "wrong":
        where = f"{where}0"
    async with browsing(world) as client:
        await look(browser, str(client.make_url(where)), f"document-{state}")


async def test_one_click_works_without_a_script(browser: Browser) -> None:
    world, mail = surveyed()
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(unsubscribe(mail))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        await browser.run("document.querySelector('button').focus()")
        await browser.press("Enter")
        done = await browser.until("document.querySelector('[role=status]')?.innerText")

    assert "Listo: no le enviaremos más encuestas" in done
    assert world.intake.tables.opt_outs
    assert [] == browser.complaints
