"""Every example mail in Chromium: readable in the light and in the dark, and never wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.chromium import Browser
from tests.unit.test_mail_layout import mails
from tests.unit.test_templates import SPEAKING

NARROW, WIDE = 320, 700

CONTRAST = """
(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const part = value => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faults = [];
  const room = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    texts++;
    room.selectNodeContents(walker.currentNode);
    const end = part => part.getBoundingClientRect().right;
    const beyond = end(room) - end(element.closest('td, p'));
    if (beyond > 0.5) faults.push(`${beyond} px beyond: ${walker.currentNode.data.trim().slice(0, 40)}`);
    for (const word of walker.currentNode.data.matchAll(/(?<=^|\\s)[^\\s@]{1,20}(?=\\s|$)/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(line => line.top)).size;
      if (lines > 1 && /^[\\wáéíóúñ+]+$/i.test(word[0])) faults.push(`broken: ${word[0]}`);
    }
    const both = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < 4.5) faults.push(`${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return {texts, faults, width: document.documentElement.scrollWidth,
          preheader: getComputedStyle(document.querySelector('.adelanto')).display};
})()
"""
"""WCAG 2.2, 1.4.3: text has a contrast of 4.5 to 1. No text leaves its cell, no short word is broken."""


async def dressed(tab: Browser, *, scheme: str, width: int) -> str:
    """Let the tab be of this width, in the light or the dark; return its frame."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    await tab.call("Emulation.setDeviceMetricsOverride", **size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    await tab.call("Emulation.setEmulatedMedia", media="screen", features=[feature])
    return str((await tab.call("Page.getFrameTree"))["frameTree"]["frame"]["id"])


async def looked_at(tab: Browser, frame: str, html: str) -> dict[str, Any]:
    await tab.call("Page.setDocumentContent", frameId=frame, html=html)
    found: dict[str, Any] = await tab.run(CONTRAST)
    return found


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", NARROW), ("dark", NARROW), ("light", WIDE), ("dark", WIDE)]
)
async def test_every_example_mail_is_readable(browser: Browser, scheme: str, width: int) -> None:
    faults: dict[str, Any] = {}
    texts = 0
    await browser.go("about:blank")
    frame = await dressed(browser, scheme=scheme, width=width)
    for event in SPEAKING:
        for form, words in mails(event):
            found = await looked_at(browser, frame, words.html)
            texts += found["texts"]
            if found["faults"] or found["width"] > width or found["preheader"] != "none":
                faults[f"{event}/{form}"] = found

    assert faults == {}
    assert texts > len(SPEAKING) * 5


async def test_dark_mail_has_colours_of_its_own(browser: Browser) -> None:
    _, words = next(mails("pqrs.received"))
    paper = "getComputedStyle(document.querySelector('.hoja')).backgroundColor"
    await browser.go("about:blank")
    colours = []
    for scheme in ("light", "dark"):
        frame = await dressed(browser, scheme=scheme, width=WIDE)
        await looked_at(browser, frame, words.html)
        colours.append(await browser.run(paper))

    assert ["rgb(255, 255, 255)", "rgb(24, 34, 38)"] == colours
