"""The pages behind links of messages, without signing in: small screens, and the light and the dark."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from hub.access.document_tokens import PATH as DOCUMENT
from hub.access.document_tokens import make_token
from hub.access.keyring import KeyRing
from hub.settings import Secret
from tests.contract.values import now
from tests.integration.chromium import Browser
from tests.integration.test_web_browser_sign_in import photo
from tests.integration.test_web_browser_survey import CONTRASTS, LEAST, NARROW
from tests.integration.test_web_unsubscribe import OTHERS, SECRET, path, surveyed
from tests.integration.web_doubles import browsing

RING: Final = KeyRing([Secret(SECRET)])
ENDED: Final = make_token(RING, uuid4(), now() - timedelta(days=1))
PAGES: Final = {
    "document-ended": (DOCUMENT.format(token=ENDED), "Este enlace ya no funciona"),
    "document-wrong": (DOCUMENT.format(token=ENDED[:-1]), "Este enlace no está completo"),
    "unsubscribe": ("", "¿Ya no quiere recibir encuestas por correo?"),
    "unsubscribe-wrong": ("forged", "Este enlace no es válido"),
}
"""Page → its path, and words of it."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
async def test_page_of_a_link_fits_a_small_screen_and_is_legible(
    browser: Browser, page: str, *, dark: bool
) -> None:
    world, mail = surveyed()
    where, words = PAGES[page]
    where = {"": path(mail), "forged": path(mail, OTHERS)}.get(where, where)
    scheme = "dark" if dark else "light"
    async with browsing(world) as client:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await browser.call("Emulation.setEmulatedMedia", features=features)
        await browser.go(str(client.make_url(where)), width=NARROW)
        shown = await browser.until("document.querySelector('main h1') && document.body.innerText")
        await photo(browser, f"{page}-{scheme}")
        wide = await browser.run("document.documentElement.scrollWidth")
        contrasts = await browser.run(CONTRASTS)

    assert words in shown
    assert NARROW == wide
    assert LEAST <= min(contrasts)


async def test_one_click_works_without_a_script(browser: Browser) -> None:
    world, mail = surveyed()
    async with browsing(world) as client:
        await browser.call("Emulation.setScriptExecutionDisabled", value=True)
        await browser.go(str(client.make_url(path(mail))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        await browser.run("document.querySelector('button').focus()")
        await browser.press("Enter")
        done = await browser.until("document.querySelector('[role=status]')?.innerText")

    assert "Listo: no le enviaremos más encuestas" in done
    assert world.intake.tables.opt_outs
    assert [] == browser.complaints
