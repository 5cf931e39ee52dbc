"""
Take pictures of all pages in a browser: light and dark, 320 and 1280 px wide.

    .venv/bin/python scripts/page_pictures.py FOLDER [PAGE …]

Without pages, of all in `tests/integration/public_pages.py` and `console_pages.py`. Needs Chromium, and for
some the tests' servers.
"""

from __future__ import annotations

import asyncio
import base64
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.chromium import Browser, Chromium, open_browser, running_chromium
from tests.integration.console_hub import console_hub
from tests.integration.console_pages import SECTIONS
from tests.integration.console_states import PREPARED
from tests.integration.looks import LOOKS, dress
from tests.integration.public_pages import MAIL_PAGES, PAGES, STORED_PAGES, Opened
from tests.servers import Servers, new_servers, open_folder

CONSOLE_PAGES: Final = {name: path for pages in SECTIONS.values() for name, path in pages.items()}
HIGHEST: Final = 4000
"""Pixels: what is longer is cut."""
HEIGHT: Final = "Math.max(document.documentElement.scrollHeight, innerHeight)"


async def take(folder: Path, names: list[str]) -> None:
    plain = {**PAGES, **MAIL_PAGES}
    with tempfile.TemporaryDirectory() as profile, running_chromium(Path(profile)) as chromium:
        for name in names:
            if name in plain:
                async with open_browser(chromium) as tab:
                    await photos_of(tab, plain[name](tab), folder / name)
        stored = [name for name in names if name in STORED_PAGES]
        console = {name: path for name, path in CONSOLE_PAGES.items() if name in names}
        async with running(needed=bool(stored or console)) as servers:
            if console:
                await of_console(folder, console, servers, chromium)
            for name in stored:
                async with servers.database() as url, open_browser(chromium) as tab:
                    await photos_of(tab, STORED_PAGES[name](tab, url), folder / name)


async def of_console(folder: Path, pages: Mapping[str, str], servers: Servers, chromium: Chromium) -> None:
    async with console_hub(servers) as hub, open_browser(chromium) as tab:
        await hub.sign_in(tab)
        for section, named in SECTIONS.items():
            if section in PREPARED and named.keys() & pages.keys():
                await PREPARED[section](hub)
            for name in [name for name in named if name in pages]:
                await hub.open(tab, pages[name])
                await photos(tab, folder / name)


@asynccontextmanager
async def running(*, needed: bool) -> AsyncIterator[Servers]:
    with open_folder() as folder:
        servers = new_servers(folder)
        try:
            if needed:
                await servers.start()
            yield servers
        finally:
            await servers.stop()


async def photos_of(tab: Browser, page: Opened, place: Path) -> None:
    async with page:
        await photos(tab, place)


async def photos(tab: Browser, place: Path) -> None:
    for scheme, width in LOOKS:
        await dress(tab, scheme, width, whole=True)
        height = min(HIGHEST, await tab.run(HEIGHT))
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        taken = await tab.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        place.with_name(f"{place.name}-{scheme}-{width}.png").write_bytes(base64.b64decode(taken["data"]))


def main(folder: str, *names: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    asyncio.run(take(Path(folder), list(names) or [*PAGES, *MAIL_PAGES, *STORED_PAGES, *CONSOLE_PAGES]))


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
