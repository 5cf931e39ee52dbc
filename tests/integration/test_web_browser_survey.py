"""The page of a survey in a real browser: by keyboard, without scripts, on a small screen, in the dark."""

from __future__ import annotations

from typing import Any, Final

import pytest

from hub.model.surveys import SurveyAnswer
from tests.integration.chromium import Browser
from tests.integration.test_web_browser_sign_in import photo
from tests.integration.test_web_survey import COMMENT, DAY, NOW, asked, path
from tests.integration.web_doubles import browsing

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
