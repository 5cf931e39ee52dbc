"""
Take pictures of the example mails: light and dark, 320 and 700 px wide.

    .venv/bin/python scripts/mail_pictures.py FOLDER [EVENT …]

Without events, of each event's first example. Needs Chromium.
"""

from __future__ import annotations

import asyncio
import base64
import sys
import tempfile
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.chromium import Browser, open_browser, running_chromium
from tests.integration.test_mail_looks import NARROW, WIDE, looked_at
from tests.unit.test_templates import DUE, SPEAKING, TEMPLATES, examples

SCHEMES: Final = ("light", "dark")


async def picture(tab: Browser, html: str, *, scheme: str, width: int) -> bytes:
    await looked_at(tab, html, scheme=scheme, width=width)
    taken = await tab.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    return base64.b64decode(taken["data"])


async def take(folder: Path, events: list[str]) -> None:
    with tempfile.TemporaryDirectory() as profile, running_chromium(Path(profile)) as port:
        async with open_browser(port) as tab:
            await tab.go("about:blank", width=WIDE)
            for event in events:
                for form, words in TEMPLATES.preview(event, examples(event)[0], DUE).items():
                    if form.rpartition("/")[2] == "email":
                        await _all(tab, words.html, folder / f"{event}-{form.replace('/', '-')}")


async def _all(tab: Browser, html: str, place: Path) -> None:
    for scheme in SCHEMES:
        for width in (NARROW, WIDE):
            taken = await picture(tab, html, scheme=scheme, width=width)
            place.with_name(f"{place.name}-{scheme}-{width}.png").write_bytes(taken)


def main(folder: str, *events: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    asyncio.run(take(Path(folder), list(events) or SPEAKING))


if __name__ == "__main__":
    main(*sys.argv[1:])
