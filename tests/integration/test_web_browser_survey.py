"""Pages of surveys, posters, cases and links in a real browser: small, dark, without scripts, by keyboard."""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from hub.model import Recall
from hub.model.surveys import SurveyAnswer
from hub.storage import Database, PostgresIntake
from tests.contract.values import event, stored
from tests.integration.chromium import Browser
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_browser_sign_in import photo
from tests.integration.test_web_cases import fill
from tests.integration.test_web_document_links import SECRET, linked
from tests.integration.test_web_document_links import path as document
from tests.integration.test_web_posters import announced, ask, cancelled, path_of, works, world
from tests.integration.test_web_survey import COMMENT, DAY, NOW, asked, path
from tests.integration.test_web_unsubscribe import path as unsubscribe
from tests.integration.test_web_unsubscribe import surveyed
from tests.integration.web_doubles import NOON, World, browsing

NARROW: Final = 320
CHANGED: Final = SurveyAnswer(score=4, at=NOW - DAY, comment=COMMENT)
LEAST: Final = 4.5
"""WCAG 2.2, 1.4.3: contrast of text."""
CONTRASTS: Final = """
(() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const found = rgb(getComputedStyle(node).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
  };
  const own = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  return [...document.querySelectorAll('main, main *')].filter(own).map(node => {
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort();
    const [low, high] = a < b ? [a, b] : [b, a];
    return (high + .05) / (low + .05);
  });
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    "fields",
    [{}, {"kind": "asamblea"}, {"answers": (CHANGED,)}, {"expires_at": NOW - DAY}],
    ids=["open", "assembly", "changeable", "expired"],
)
async def test_page_fits_a_small_screen_and_is_legible(
    browser: Browser, fields: dict[str, Any], *, dark: bool
) -> None:
    world, survey = asked(**fields)
    scheme = "dark" if dark else "light"
    async with browsing(world) as client:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await browser.call("Emulation.setEmulatedMedia", features=features)
        await browser.go(str(client.make_url(path(survey))), width=NARROW)
        await browser.until("document.querySelector('main h1')?.innerText")
        await photo(browser, f"survey-{scheme}-{len(fields)}")
        wide = await browser.run("document.documentElement.scrollWidth")
        contrasts = await browser.run(CONTRASTS)

    assert NARROW == wide
    assert contrasts
    assert LEAST <= min(contrasts)


async def test_survey_is_answered_by_keyboard_without_a_script(browser: Browser) -> None:
    world, survey = asked()
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(path(survey))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        await browser.run("document.getElementById('score-6').focus()")
        await browser.press("ArrowRight")
        chosen = await browser.run("document.querySelector('input:checked').value")
        outline = await browser.run(
            "getComputedStyle(document.querySelector('input:checked + span')).outlineStyle"
        )
        await browser.press("Enter")
        thanks = await browser.until("document.querySelector('[role=status]')?.innerText")
        title = await browser.run("document.title")

    assert ("7", "solid") == (chosen, outline)
    assert "7 de 10" in thanks
    assert title.startswith("Gracias por su respuesta")
    assert [7] == [event.data["score"] for event in world.publisher.events]
    assert [] == browser.complaints


__all__ = ["world"]

OF_PAGE: Final = CONTRASTS.replace("main, main *", "body, body *")


@pytest.mark.parametrize("holds", [True, False], ids=["holds", "over"])
async def test_page_of_a_poster_fits_and_is_legible(
    browser: Browser, world: World, opened: Database, *, holds: bool
) -> None:
    poster = await announced(opened, works())
    await ask(world, f"/api/posters/{poster}")
    if not holds:
        await cancelled(opened)
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(path_of(poster))), width=NARROW)
        said = await browser.until("document.querySelector('[role=status]')?.innerText")
        await photo(browser, f"poster-{holds}")
        wide = await browser.run("document.documentElement.scrollWidth")
        contrasts = await browser.run(OF_PAGE)
        code = await browser.run("getComputedStyle(document.querySelector('.qr')).display")

    assert ("ya no está vigente" in said) is not holds
    assert NARROW == wide
    assert LEAST <= min(contrasts)
    assert "none" == code
    assert [] == browser.complaints


SCROLLED = "document.documentElement.scrollWidth"


async def test_page_of_a_case_fits_a_small_screen(browser: Browser, opened: Database) -> None:
    await fill(opened)
    async with browsing(World(database=opened)) as client:
        await browser.go(str(client.make_url("/cases/PQ-2026-000901?whole=true")), width=320)
        await browser.until("document.readyState === 'complete'")  # without its style it is wider
        entries = await browser.until("document.querySelectorAll('.thread .entry').length")
        width = await browser.run(SCROLLED)
        await browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        opened_width = await browser.run(SCROLLED)
        text = await browser.run("document.querySelector('main').innerText")
        await browser.go("about:blank")  # its stream ends, or the server would wait for it

    assert 4 == entries
    assert (320, 320) == (width, opened_width)
    assert "No es lo que salió: así lo dirían los textos de hoy" in text
    assert [] == browser.complaints


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
