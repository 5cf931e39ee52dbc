"""Usability that axe-core does not see: sizes of screen and text, the keyboard, screen readers."""

from itertools import groupby, pairwise
from typing import Any, Final

from tests.integration.chromium import Browser

SIZES: Final = ((320, 1, 100), (320, 1, 200), (640, 2, 100), (1280, 1, 200))
"""CSS pixels, the zoom that leaves so many of a screen, and the size of the text in percent."""
RESIZE: Final = "document.documentElement.style.fontSize = '{}%'"
BEYOND: Final = """
(() => {
  const wide = document.documentElement.clientWidth;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const room = document.createRange(), out = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const inside = node.parentElement;
    if (!node.data.trim() || !inside.checkVisibility() || inside.closest('.skip')) continue;
    room.selectNodeContents(node);
    const box = room.getBoundingClientRect();
    if (box.left < -0.5 || box.right > wide + 0.5) out.push(node.data.trim().slice(0, 60));
  }
  return {wide: document.documentElement.scrollWidth, out};
})()
"""
BROKEN: Final = """
(() => {
  const word = document.createRange(), out = [];
  for (const part of document.querySelectorAll('th, .badge, .chip, .btn, td .opens')) {
    if (!part.checkVisibility()) continue;
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest('.unseen')) continue;
      for (const found of node.data.matchAll(/\\p{L}{4,}/gu)) {
        word.setStart(node, found.index);
        word.setEnd(node, found.index + found[0].length);
        const lines = new Set([...word.getClientRects()].map(box => Math.round(box.top)));
        if (lines.size > 1) out.push(found[0]);
      }
    }
  }
  return out;
})()
"""
"""Words of heads, badges and buttons that are broken in the middle: `Mens-aje`."""
STOPS: Final = """
(() => {
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, pre[tabindex]';
  const all = [...document.querySelectorAll(kinds)]
    .filter(node => node.checkVisibility() && !node.disabled && node.tabIndex >= 0);
  const one = node => {
    const group = all.filter(other => other.name === node.name && other.form === node.form);
    return node.type !== 'radio' || node === (group.find(other => other.checked) ?? group[0]);
  };
  window.stops = all.filter(one);
  return [window.stops.length, document.querySelector('iframe') !== null];
})()
"""
"""Where the tab key stops, in the order of the page: a group of choices once; whether there is a frame."""
WALK: Final = """
(() => {
  const at = () => {
    const node = document.activeElement, place = window.stops.indexOf(node);
    const marked = [node, ...(node.type === 'radio' ? [node.nextElementSibling] : [])].filter(Boolean)
      .map(one => getComputedStyle(one))
      .some(({outlineStyle: line, outlineWidth: width}) =>
        line === 'auto' || line !== 'none' && parseFloat(width) >= 2);
    const box = node.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const above = document.elementsFromPoint(...middle)[0];
    const seen = inside && (!above || node.contains(above) || above.contains(node));
    return {place, seen: marked && seen, node};
  };
  const walked = [];
  window.addEventListener('keydown', event => { if (event.key === 'Tab') walked.push(at()) }, true);
  const named = node => ((node.labels?.[0] ?? node).innerText || node.id || node.tagName).trim().slice(0, 60);
  window.walked = () => [...walked, at()].map(
    ({place, seen, node}) => ({place, seen, name: named(node)}));
  window.stops[0].focus();
})()
"""
"""Note the place of the focus when the tab key leaves it; `walked` adds its place now."""
ABOUT: Final = "[document.documentElement.lang, document.title]"
UNTOLD: Final = """
[...document.querySelectorAll('[aria-invalid=true]')]
  .map(node => [node.id, node.getAttribute('aria-describedby')])
  .filter(([, ids]) => !(ids ?? '').split(' ').some(id => document.getElementById(id)?.innerText.trim()))
  .map(([id]) => id)
"""
PARTS: Final = 7
"""Stops within one field at most: an instant has its day, month, year, hours, minutes, half, and a button."""
NAMED: Final = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "radio",
    "textbox",
    "DisclosureTriangle",
    "img",
    "image",
}
"""Roles of which a screen reader says the name."""
FIELDS: Final = {"combobox", "radio", "textbox", "group", "radiogroup"}


async def too_wide(browser: Browser) -> list[str]:
    """Return what does not fit: at 320 px, at 200 % of zoom, and with letters twice as large."""
    told: list[str] = []
    screen: dict[str, int] = {}
    for width, scale, percent in SIZES:
        size = {"width": width, "height": 640, "deviceScaleFactor": scale, "mobile": width < 600}
        if size != screen:
            await browser.call("Emulation.setDeviceMetricsOverride", **size)
            screen = size
        found = await browser.run(f"{RESIZE.format(percent)}; {BEYOND}")
        what = f"{width} px, text at {percent} %"
        told += [f"{what}: beyond the edge: {text}" for text in found["out"]]
        told += [f"{what}: broken in the middle: {word}" for word in await browser.run(BROKEN)]
        if found["wide"] > width:
            told.append(f"{what}: the page is {found['wide']} px wide")
    await browser.run(RESIZE.format(100))
    return told


async def keyboard(browser: Browser) -> list[str]:
    """Return the faults for a person without a mouse: each stop in its order, seen, and marked."""
    stops, framed = await browser.run(STOPS)
    if not stops:
        return []
    await browser.run(WALK)
    steps = await _steps(browser)
    noted = 1
    while (missing := stops - len(steps)) > 0 and len(steps[-1]) <= PARTS:
        # A frame has a process of its own: a key that follows too soon goes to where the focus was.
        presses = 1 if framed else missing
        await browser.tab(presses)
        steps = await _steps(browser)
        noted += presses
        if sum(map(len, steps)) != noted:
            return [f"the focus is somewhere below a part of the page, after stop {len(steps) - 2}"]
    return [fault for place, step in enumerate(steps) for fault in _step(place, step)]


async def _steps(browser: Browser) -> list[list[Any]]:
    """Return the stops that were reached, each with its presses: a field of several parts has several."""
    walked = await browser.run("window.walked()")
    return [list(step) for _, step in groupby(walked, key=lambda at: at["place"])]


def _step(place: int, presses: list[Any]) -> list[str]:
    at = presses[0]
    told = []
    if at["place"] != place:
        told.append(f"stop {place} is not the next one of the page: {at['name']}")
    if len(presses) > PARTS:
        told.append(f"stop {place} is the last one that the tab key reaches: {at['name']}")
    if not at["seen"]:
        told.append(f"the focus is not seen: {at['name']}")
    return told


async def tree(browser: Browser, *, page: bool = True) -> list[str]:
    """Return what a screen reader is told wrong; `page=False` of a mail, which is a part of a page."""
    nodes = [node for node in await _nodes(browser) if not node["ignored"]]
    told = [
        f"a {_role(node)} without a name"
        for node in nodes
        if _role(node) in NAMED and not _text(node, "name")
    ]
    levels = [_property(node, "level") for node in nodes if _role(node) == "heading"]
    if any(after - before > 1 for before, after in pairwise(levels)):
        told.append(f"levels of headings: {levels}")
    if page:
        told += await _as_page(browser, [_role(node) for node in nodes], levels)
    return told + await _errors(browser, nodes)


async def _as_page(browser: Browser, roles: list[str], levels: list[int]) -> list[str]:
    told = [] if roles.count("main") == 1 else [f"main parts: {roles.count('main')}"]
    if levels.count(1) != 1:
        told.append(f"levels of headings: {levels}")
    language, title = await browser.run(ABOUT)
    if language != "es-CO":
        told.append("the language is not said")
    if len(title) < 3:
        told.append("the page has no title")
    return told


async def _errors(browser: Browser, nodes: list[Any]) -> list[str]:
    """Return which errors a field has, or could have, and does not say."""
    told = [f"a field is wrong and does not say why: {name}" for name in await browser.run(UNTOLD)]
    fields = [node for node in nodes if _role(node) in FIELDS]
    alerts = any(_role(node) == "alert" for node in nodes)
    if alerts and fields and not any(_text(node, "description") for node in fields):
        told.append("an error is told, and no field says it")
    return told


async def _nodes(browser: Browser) -> list[Any]:
    await browser.call("Accessibility.enable")
    found: list[Any] = (await browser.call("Accessibility.getFullAXTree"))["nodes"]
    await browser.call("Accessibility.disable")
    return found


def _role(node: Any) -> str:
    return str(node.get("role", {}).get("value", ""))


def _text(node: Any, what: str) -> str:
    return str(node.get(what, {}).get("value", "")).strip()


def _property(node: Any, name: str) -> Any:
    values = [one["value"].get("value") for one in node.get("properties", ()) if one["name"] == name]
    return values[0] if values else None
