"""
Take the pictures of docs/console.md, of a hub that `scripts/run` has started here with its demonstration.

    .venv/bin/python scripts/console_pictures.py FOLDER [URL] [--all]

Without --all only those of the document: light, 1280 px wide. With it a page of each kind: light and dark,
320 and 1280 px. Needs Chromium.
"""

from __future__ import annotations

import asyncio
import base64
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.chromium import Browser, open_browser, running_chromium
from tests.integration.looks import LOOKS, dress

HUB: Final = "http://127.0.0.1:8080"
HIGHEST: Final = 1100
"""Pixels of a picture: a page may be longer."""
COLORS: Final = 128
KMEANS: Final = 2
PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "now": ("/",),
    "messages": ("/messages",),
    "message": ("/messages?event=pqrs.received&channel=email", "a.opens"),
    "cases": ("/cases",),
    "case": ("/cases?kind=pqrs_id", "a.opens"),
    "clock": ("/cases", ".item .peek", ".terms a"),
    "dead": ("/dead",),
    "dead-letter": ("/dead", "a.opens"),
    "people": ("/people?whole=true",),
    "person": ("/people", "a.opens"),
    "letters": ("/letters",),
    "surveys": ("/surveys",),
    "indicators": ("/indicators",),
    "templates": ("/templates",),
    "template": ("/templates/pqrs.received",),
    "channels": ("/channels",),
    "audit": ("/audit",),
    "accounts": ("/accounts",),
    "bulk": ("/bulk/resend?state=failed",),
    "search": ("/search?q=maria",),
}
"""Name → where it begins, and the link that leads on from there."""
OF_THE_DOCUMENT: Final = ("now", "messages", "message", "case", "clock", "dead-letter", "person", "channels")
LOOK_OF_THE_DOCUMENT: Final = ("light", 1280)


async def take(folder: Path, url: str, *, everything: bool) -> None:
    names, looks = (PATHS, LOOKS) if everything else (OF_THE_DOCUMENT, [LOOK_OF_THE_DOCUMENT])
    with tempfile.TemporaryDirectory() as profile, running_chromium(Path(profile)) as chromium:
        async with open_browser(chromium) as tab:
            for name in names:
                if await opened(tab, url, PATHS[name]):
                    await photos(tab, folder / name, looks)
                else:
                    sys.stderr.write(f"{name}: no row leads there\n")


async def opened(tab: Browser, url: str, steps: tuple[str, ...]) -> bool:
    await go(tab, url + steps[0])
    for link in steps[1:]:
        found = await tab.run(f"document.querySelector({link!r})?.href ?? ''")
        if not found:
            return False
        await go(tab, found)
    return True


async def go(tab: Browser, url: str) -> None:
    await tab.go(url)
    await tab.until(f"location.href === {url!r} && document.readyState === 'complete'")
    await tab.until("!document.querySelector('#pulse') || !!document.querySelector('#pulse').textContent")


async def photos(tab: Browser, place: Path, looks: list[tuple[str, int]]) -> None:
    for scheme, width in looks:
        await dress(tab, scheme, width)
        height = min(HIGHEST, await tab.run("Math.max(document.documentElement.scrollHeight, innerHeight)"))
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        taken = await tab.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        suffix = f"-{scheme}-{width}" if len(looks) > 1 else ""
        file = place.with_name(f"{place.name}{suffix}.png")
        file.write_bytes(base64.b64decode(taken["data"]))
        await asyncio.to_thread(shrink, file)


def shrink(file: Path) -> None:
    """Keep the colours that matter: a picture of a page has few."""
    with Image.open(file) as taken:
        # Made better by k-means, which keeps a rare colour: a green dot says something.
        few = taken.convert("RGB").quantize(COLORS, kmeans=KMEANS, dither=Image.Dither.NONE)
        few.save(file, optimize=True)


def main(*given: str) -> None:
    words = [word for word in given if not word.startswith("--")]
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder, words[1] if len(words) > 1 else HUB, everything="--all" in given))


if __name__ == "__main__":
    main(*sys.argv[1:])
