"""Every example mail in Chromium: readable in the light and in the dark, and never wider than a phone."""

from hashlib import sha256
from typing import Any

import pytest

from tests.integration import judged
from tests.integration.chromium import Browser
from tests.unit.test_mail_layout import mails
from tests.unit.test_templates import SPEAKING

NARROW, WIDE = 320, 700
LOOKS = [(scheme, width) for width in (NARROW, WIDE) for scheme in ("light", "dark")]

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


def shape_of(html: str) -> str:
    """Return the digest of a mail and of what it is looked at with."""
    return sha256(f"{html}{CONTRAST}{LOOKS}".encode()).hexdigest()[:16]


async def faults_of(browser: Browser, html: str) -> list[Any]:
    """Return what is wrong with a mail in any of its looks."""
    faults = []
    for scheme, width in LOOKS:
        frame = await dressed(browser, scheme=scheme, width=width)
        found = await looked_at(browser, frame, html)
        if found["faults"] or found["width"] > width or found["preheader"] != "none" or not found["texts"]:
            faults.append((scheme, width, found))
    return faults


@pytest.mark.timeout(300)
async def test_every_example_mail_is_readable(browser: Browser) -> None:
    """One whose words and layout were without a fault before is not looked at again."""
    await browser.go("about:blank")
    found = {}
    for event in SPEAKING:
        for number, (_, words) in enumerate(mails(event)):
            name, shape = f"mail: {event}, {number}", shape_of(words.html)
            if judged.table().get(name) == shape:
                continue
            if faults := await faults_of(browser, words.html):
                found[name] = faults
            else:
                judged.keep(name, shape)

    assert found == {}


async def test_faults_of_a_mail_are_found(browser: Browser) -> None:
    _, words = next(mails("pqrs.received"))
    pale = words.html.replace("</style>", ".hoja * { color: #bbb !important }</style>", 1)
    await browser.go("about:blank")

    assert [scheme for scheme, _, _ in await faults_of(browser, pale)] == ["light", "light"]
    assert not await faults_of(browser, words.html)


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
