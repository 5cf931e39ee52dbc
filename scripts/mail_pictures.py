"""
Take pictures of the example mails: light and dark, 320 and 700 px wide.

    .venv/bin/python scripts/mail_pictures.py FOLDER [EVENT …]
    .venv/bin/python scripts/mail_pictures.py --docs        # those of docs/messages.md

Without events, of each event's first example. Needs Chromium, and for the poster of the docs pdftoppm
(poppler-utils).
"""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Json
from hub.model.letters import PaperSize
from hub.rendering.paper.pages import Sheet, make_pages
from hub.rendering.preview import PREVIEWED_AT
from scripts.console_pictures import shrink
from tests.integration.chromium import Browser, open_browser, running_chromium
from tests.integration.test_mail_looks import NARROW, WIDE, dressed, looked_at
from tests.unit.factories import POLICY, event
from tests.unit.test_templates import DUE, SPEAKING, TEMPLATES, context, examples

SCHEMES: Final = ("light", "dark")
DOCS: Final = Path(__file__).parents[1] / "docs/messages"
HUB: Final = "https://centro.coproservicios.example"
POSTER: Final = "building.outage.reported"
POSTER_DPI: Final = "64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture of docs/messages.md. `variant` is the audience's text."""

    event: str
    variant: str | None = None
    scheme: str = "light"
    width: int = WIDE


SHOWN: Final = (
    Shown(event="pqrs.received"),
    Shown(event="pqrs.escalated"),
    Shown(event="maintenance.scheduled.announced", scheme="dark"),
    Shown(event="emergency.declared", width=NARROW),
    Shown(event="admin.assembly.convened"),
    Shown(event="survey.requested", width=NARROW),
)


@asynccontextmanager
async def blank_tab() -> AsyncIterator[Browser]:
    with tempfile.TemporaryDirectory() as profile, running_chromium(Path(profile)) as chromium:
        async with open_browser(chromium) as tab:
            await tab.go("about:blank", width=WIDE)
            yield tab


async def picture(tab: Browser, html: str, *, scheme: str, width: int, whole: bool = True) -> bytes:
    """Take a picture of the window and what is below it, or (`whole=False`) of the mail alone."""
    await looked_at(tab, await dressed(tab, scheme=scheme, width=width), html)
    height = await tab.run("document.querySelector('.fondo').getBoundingClientRect().height")
    clip: dict[str, Json] = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    only = {} if whole else {"clip": clip}
    taken = await tab.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, **only)
    return base64.b64decode(taken["data"])


async def take(folder: Path, events: list[str]) -> None:
    async with blank_tab() as tab:
        for name in events:
            for form, words in TEMPLATES.preview(name, examples(name)[0], DUE).items():
                if form.rpartition("/")[2] == "email":
                    await _all(tab, words.html, folder / f"{name}-{form.replace('/', '-')}")


async def _all(tab: Browser, html: str, place: Path) -> None:
    for scheme in SCHEMES:
        for width in (NARROW, WIDE):
            taken = await picture(tab, html, scheme=scheme, width=width)
            place.with_name(f"{place.name}-{scheme}-{width}.png").write_bytes(taken)


async def take_for_docs() -> None:
    DOCS.mkdir(exist_ok=True)
    async with blank_tab() as tab:
        for shown in SHOWN:
            place = DOCS / f"{shown.event}.png"
            taken = await picture(tab, mail_of(shown), scheme=shown.scheme, width=shown.width, whole=False)
            place.write_bytes(taken)
    await take_poster(DOCS / f"{POSTER}.png")


async def take_poster(place: Path) -> None:
    words = TEMPLATES.preview(POSTER, examples(POSTER)[0], DUE)["board"]
    made = await make_pages(
        [Sheet(html=words.html)], size=PaperSize.LETTER, at=PREVIEWED_AT, title=words.subject
    )
    command = ("pdftoppm", "-png", "-r", POSTER_DPI, "-singlefile", "-", place.with_suffix(""))
    await asyncio.to_thread(subprocess.run, command, input=made.pdf, check=True)


def mail_of(shown: Shown) -> str:
    """Render a mail as it leaves a minute after its event, with the instants that its clocks really have."""
    happened = event(shown.event)
    clocks = sla.replay("case:1", [happened], BY_NAME, POLICY)
    told = replace(
        context(shown.event, examples(shown.event)[0], due={clock.name: clock.due_at for clock in clocks}),
        event_time=happened.time,
        ack_url=f"{HUB}/s/0",
        page_url=f"{HUB}/cases/1",
    )
    return TEMPLATES.render(shown.event, "email", told, variant=shown.variant).html


def main(folder: str, *events: str) -> None:
    if folder == "--docs":
        asyncio.run(take_for_docs())
        for place in DOCS.glob("*.png"):
            shrink(place)
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    asyncio.run(take(Path(folder), list(events) or SPEAKING))


if __name__ == "__main__":
    main(*sys.argv[1:])
